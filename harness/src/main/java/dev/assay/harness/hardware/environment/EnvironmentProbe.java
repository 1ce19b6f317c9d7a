package dev.assay.harness.hardware.environment;

import dev.assay.harness.hardware.Reading;
import dev.assay.leaderboard.result.Environment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import oshi.SystemInfo;
import oshi.hardware.GlobalMemory;
import oshi.hardware.HardwareAbstractionLayer;

/** Records the machine and the software at hand. */
public final class EnvironmentProbe {
  private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);

  private final SystemInfo system = new SystemInfo();
  private final CpuProbe cpuProbe = new CpuProbe(Path.of("/sys"));
  private final Path checkout;

  /**
   * @param checkout top directory of Assay's own checkout; where it is none, git is absent from the
   *     environment
   */
  public EnvironmentProbe(Path checkout) {
    this.checkout = checkout;
  }

  /**
   * The environment now, still without the CPU pressure of a measurement.
   *
   * @param threads intra-op threads in use
   */
  public Environment capture(int threads) {
    HardwareAbstractionLayer hardware = system.getHardware();
    ExternalCommand command = new ExternalCommand(COMMAND_TIMEOUT);
    Environment.Cpu cpu = cpuProbe.read(hardware);
    GlobalMemory memory = hardware.getMemory();
    return new Environment(
        cpu,
        new Environment.Memory(memory.getTotal(), memory.getAvailable()),
        system.getOperatingSystem().toString(),
        new GpuProbe(command).read(hardware.getGraphicsCards()),
        jvm(),
        new LibraryVersions(EnvironmentProbe.class.getClassLoader()).read(),
        git().orNull(),
        threads,
        null,
        Disturbances.of(cpu, hardware, threads));
  }

  /** State of Assay's own checkout. */
  public Reading<Environment.Git> git() {
    return new GitProbe(new ExternalCommand(COMMAND_TIMEOUT)).read(checkout);
  }

  /** Number of physical cores. */
  public int physicalCores() {
    return system.getHardware().getProcessor().getPhysicalProcessorCount();
  }

  /** Size of the cache next to memory, in bytes; empty if unknown. */
  public OptionalLong lastLevelCacheBytes() {
    return cpuProbe.caches(system.getHardware().getProcessor()).lastLevelBytes();
  }

  /** The environment with the CPU pressure of a measurement, and a warning if that was notable. */
  public static Environment withCpuPressure(Environment environment, Reading<Double> pressure) {
    Double share = pressure.orNull();
    List<String> warnings = new ArrayList<>(environment.warnings());
    if (share != null && share > Disturbances.NOTABLE_PRESSURE) {
      warnings.add(Disturbances.ofPressure(share));
    }
    return with(environment, share, warnings);
  }

  /** The environment with more warnings. */
  public static Environment withWarnings(Environment environment, List<String> more) {
    List<String> warnings = new ArrayList<>(environment.warnings());
    warnings.addAll(more);
    return with(environment, environment.cpuPressure(), warnings);
  }

  private static Environment with(
      Environment environment, @Nullable Double cpuPressure, List<String> warnings) {
    return new Environment(
        environment.cpu(),
        environment.memory(),
        environment.operatingSystem(),
        environment.gpus(),
        environment.jvm(),
        environment.libraries(),
        environment.git(),
        environment.threads(),
        cpuPressure,
        warnings);
  }

  private static Environment.Jvm jvm() {
    return new Environment.Jvm(
        Runtime.version().toString(),
        System.getProperty("java.vm.vendor", "unknown"),
        Runtime.getRuntime().maxMemory(),
        ManagementFactory.getRuntimeMXBean().getInputArguments());
  }
}
