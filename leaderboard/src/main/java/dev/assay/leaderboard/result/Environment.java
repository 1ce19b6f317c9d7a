package dev.assay.leaderboard.result;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The machine and the software that a cell ran on.
 *
 * @param cpu processor
 * @param memory main memory
 * @param operatingSystem name and version
 * @param gpus graphics processors; empty if none
 * @param jvm the Java virtual machine
 * @param libraries library to version: {@code assay}, {@code djl}, {@code pytorch}, {@code
 *     pytorch-jni} …
 * @param git state of Assay's own checkout; absent outside one
 * @param threads intra-op threads in use
 * @param cpuPressure share of time in which some task waited for a CPU while the cell was measured
 *     (Linux pressure-stall information, 0 to 1); absent where the kernel does not tell
 * @param warnings what may have disturbed the figures, in words
 */
public record Environment(
    Cpu cpu,
    Memory memory,
    String operatingSystem,
    List<Gpu> gpus,
    Jvm jvm,
    Map<String, String> libraries,
    @Nullable Git git,
    int threads,
    @Nullable Double cpuPressure,
    List<String> warnings) {
  public Environment {
    Require.atLeast("threads", 1, threads);
    if (cpuPressure != null) {
      Magnitude.require("cpuPressure", cpuPressure);
    }
    gpus = List.copyOf(gpus);
    libraries = Collections.unmodifiableSortedMap(new TreeMap<>(libraries));
    warnings = List.copyOf(warnings);
  }

  /**
   * @param name as the processor says it
   * @param vendor vendor
   * @param family family, model and stepping
   * @param physicalCores cores
   * @param logicalProcessors hardware threads
   * @param maxFrequencyHz highest clock; absent if unknown
   * @param currentFrequenciesHz clock of each logical processor when captured; may be empty
   * @param governor frequency governor; absent if the kernel does not tell
   * @param caches for example {@code L2 2 MiB}
   * @param instructionSets those that matter to kernels: avx2, avx512_bf16, amx_tile …
   * @param virtualized hypervisor, absent on bare metal or if unknown
   */
  public record Cpu(
      String name,
      String vendor,
      String family,
      int physicalCores,
      int logicalProcessors,
      @Nullable Long maxFrequencyHz,
      List<Long> currentFrequenciesHz,
      @Nullable String governor,
      List<String> caches,
      List<String> instructionSets,
      @Nullable String virtualized) {
    public Cpu {
      Require.atLeast("physicalCores", 0, physicalCores);
      Require.atLeast("logicalProcessors", 0, logicalProcessors);
      currentFrequenciesHz = List.copyOf(currentFrequenciesHz);
      caches = List.copyOf(caches);
      instructionSets = List.copyOf(instructionSets);
    }
  }

  /**
   * @param totalBytes installed or visible
   * @param availableBytes free when captured
   */
  public record Memory(long totalBytes, long availableBytes) {
    public Memory {
      Require.atLeast("totalBytes", 0, totalBytes);
      Require.atLeast("availableBytes", 0, availableBytes);
    }
  }

  /**
   * @param name name
   * @param vendor vendor
   * @param memoryBytes video memory; absent if unknown
   * @param driver driver version; absent if unknown
   */
  public record Gpu(
      String name, String vendor, @Nullable Long memoryBytes, @Nullable String driver) {}

  /**
   * @param version runtime version
   * @param vendor vendor
   * @param maxHeapBytes largest heap
   * @param arguments virtual machine arguments
   */
  public record Jvm(String version, String vendor, long maxHeapBytes, List<String> arguments) {
    public Jvm {
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * @param revision commit
   * @param dirty whether the working tree differed from it
   */
  public record Git(String revision, boolean dirty) {}
}
