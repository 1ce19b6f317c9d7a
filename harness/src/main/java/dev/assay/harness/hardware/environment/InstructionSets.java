package dev.assay.harness.hardware.environment;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Picks the instruction sets that kernels for language models are written for out of everything
 * that a processor claims. The names are those of Linux' {@code /proc/cpuinfo}.
 */
final class InstructionSets {
  private static final Set<String> EXACT =
      Set.of(
          "sse2",
          "sse4_1",
          "avx",
          "avx2",
          "fma",
          "f16c",
          "avx_vnni",
          "avx_ifma",
          "avx_vnni_int8",
          "avx_ne_convert",
          "asimd",
          "asimddp",
          "asimdhp",
          "bf16",
          "i8mm",
          "sve",
          "sve2",
          "svebf16",
          "svei8mm",
          "sme");
  private static final List<String> FAMILIES = List.of("avx512", "amx_", "avx10");

  private InstructionSets() {}

  /**
   * The relevant ones, sorted.
   *
   * @param flags lines of flags as OSHI passes them on, for example {@code flags : fpu avx2}
   */
  static List<String> relevant(Collection<String> flags) {
    Set<String> found = new TreeSet<>();
    for (String line : flags) {
      for (String flag : line.toLowerCase(Locale.ROOT).split("\\s+", -1)) {
        if (EXACT.contains(flag) || FAMILIES.stream().anyMatch(flag::startsWith)) {
          found.add(flag);
        }
      }
    }
    return List.copyOf(found);
  }

  /** Whether the processor says that it runs under a hypervisor. */
  static boolean underHypervisor(Collection<String> flags) {
    return flags.stream().anyMatch(line -> List.of(line.split("\\s+", -1)).contains("hypervisor"));
  }
}
