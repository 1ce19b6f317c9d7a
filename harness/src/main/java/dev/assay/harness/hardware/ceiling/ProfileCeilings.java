package dev.assay.harness.hardware.ceiling;

import dev.assay.harness.hardware.profile.Arithmetic;
import dev.assay.harness.hardware.profile.Clock;
import dev.assay.harness.hardware.profile.CorePeak;
import dev.assay.harness.hardware.profile.DeviceMemory;
import dev.assay.harness.hardware.profile.HardwareProfile;
import dev.assay.harness.hardware.profile.Peak;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Environment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ceilings that a profile promises: {@code peak} (dense) and {@code peak-sparse} (2:4) for each
 * dtype and {@code dram} for memory. Figures of a whole device have the origin {@code datasheet};
 * those that follow from cores, clock and operations per cycle have the origin {@code computed}.
 */
public final class ProfileCeilings {
  private static final double TERA = 1e12;
  private static final double GIGA = 1e9;
  private static final String DATASHEET = "datasheet";

  private ProfileCeilings() {}

  /**
   * The ceilings for a cell on this machine.
   *
   * @param threads intra-op threads; a CPU's peak counts as many cores, at most all
   */
  public static List<Ceiling> of(HardwareProfile profile, Environment environment, int threads) {
    List<Ceiling> ceilings = new ArrayList<>();
    DeviceMemory memory = profile.memory();
    if (memory != null) {
      ceilings.add(
          CeilingKind.BANDWIDTH.documented(
              "dram",
              "any",
              memory.gigabytesPerSecond() * GIGA,
              DATASHEET,
              profile.citation(memory.source())));
    }
    for (Peak peak : profile.peaks()) {
      String citation = profile.citation(peak.source());
      ceilings.add(compute("peak", peak.dtype(), peak.denseTeraOps() * TERA, DATASHEET, citation));
      Double sparse = peak.sparseTeraOps();
      if (sparse != null) {
        ceilings.add(compute("peak-sparse", peak.dtype(), sparse * TERA, DATASHEET, citation));
      }
    }
    coreClock(profile, environment.cpu())
        .ifPresent(clock -> ceilings.addAll(ofCores(profile, environment.cpu(), clock, threads)));
    return ceilings;
  }

  private record CoreClock(double hertz, String origin) {}

  private static Optional<CoreClock> coreClock(HardwareProfile profile, Environment.Cpu cpu) {
    Long told = cpu.maxFrequencyHz();
    if (told != null) {
      return Optional.of(new CoreClock(told, "the highest clock, says the kernel"));
    }
    Clock clock = profile.clock();
    if (clock != null) {
      return Optional.of(new CoreClock(clock.gigahertz() * GIGA, profile.citation(clock.source())));
    }
    return cpu.currentFrequenciesHz().stream()
        .max(Comparator.naturalOrder())
        .map(hertz -> new CoreClock(hertz, "the clock shown now; turbo may exceed it"));
  }

  private static List<Ceiling> ofCores(
      HardwareProfile profile, Environment.Cpu cpu, CoreClock clock, int threads) {
    int cores = Math.min(threads, cpu.physicalCores());
    List<Ceiling> ceilings = new ArrayList<>();
    for (Arithmetic dtype : Arithmetic.values()) {
      CorePeak best = best(profile, cpu, dtype);
      if (best != null) {
        String source =
            String.format(
                Locale.ROOT,
                "%d cores × %.2f GHz (%s) × %.0f operations per cycle with %s (%s)",
                cores,
                clock.hertz() / GIGA,
                clock.origin(),
                best.operationsPerCycle(),
                String.join(", ", best.requires()),
                profile.citation(best.source()));
        ceilings.add(
            compute(
                "peak",
                dtype,
                cores * clock.hertz() * best.operationsPerCycle(),
                "computed",
                source));
      }
    }
    return ceilings;
  }

  private static @Nullable CorePeak best(
      HardwareProfile profile, Environment.Cpu cpu, Arithmetic dtype) {
    return profile.corePeaks().stream()
        .filter(peak -> peak.dtype() == dtype && peak.availableWith(cpu.instructionSets()))
        .max(Comparator.comparingDouble(CorePeak::operationsPerCycle))
        .orElse(null);
  }

  private static Ceiling compute(
      String name, Arithmetic dtype, double value, String origin, String source) {
    return CeilingKind.COMPUTE.documented(name, dtype.label(), value, origin, source);
  }
}
