package dev.assay.harness.hardware.profile;

import dev.assay.leaderboard.result.Environment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Environments of machines that the tests need. */
public final class Machines {
  private Machines() {}

  /** A machine with this processor and four cores, no GPU. */
  public static Environment cpu(
      String vendor, String family, @Nullable Long maxFrequencyHz, String... instructionSets) {
    return machine(vendor, family, maxFrequencyHz, List.of(instructionSets), List.of());
  }

  /** A machine with these GPUs. */
  public static Environment gpus(String... names) {
    return machine(
        "GenuineIntel",
        "family 6 model 143 stepping 8",
        null,
        List.of("sse2"),
        Arrays.stream(names).map(name -> new Environment.Gpu(name, "any", null, null)).toList());
  }

  private static Environment machine(
      String vendor,
      String family,
      @Nullable Long maxFrequencyHz,
      List<String> instructionSets,
      List<Environment.Gpu> gpus) {
    Environment.Cpu cpu =
        new Environment.Cpu(
            "processor",
            vendor,
            family,
            4,
            8,
            maxFrequencyHz,
            List.of(2_000_000_000L, 2_500_000_000L),
            null,
            List.of(),
            instructionSets,
            null);
    return new Environment(
        cpu,
        new Environment.Memory(1, 1),
        "Linux",
        gpus,
        new Environment.Jvm("17", "any", 1, List.of()),
        Map.of(),
        null,
        4,
        null,
        List.of());
  }
}
