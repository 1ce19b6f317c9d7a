package dev.assay.harness.hardware.counter;

import dev.assay.harness.hardware.Reading;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Energy that the processor packages and their memory have used, from the RAPL counters that Linux
 * shows under {@code /sys/class/powercap} ({@code Documentation/power/powercap} of the kernel). The
 * domains {@code package-*} and {@code dram} are added up; {@code core} and {@code uncore} are part
 * of the package, and {@code psys} of both.
 */
public final class EnergyProbe {
  private static final double MICROJOULES_PER_JOULE = 1e6;

  private final Path powercap;

  /** Counters under a directory as that of the kernel. */
  public EnergyProbe(Path powercap) {
    this.powercap = powercap;
  }

  /** The counters of this machine. */
  public static EnergyProbe ofKernel() {
    return new EnergyProbe(Path.of("/sys/class/powercap"));
  }

  /** Begins an interval. */
  public Interval start() {
    return new Interval(read());
  }

  private Reading<Map<Path, Counter>> read() {
    Map<Path, Counter> counters = new TreeMap<>();
    try (DirectoryStream<Path> zones = Files.newDirectoryStream(powercap, "intel-rapl:*")) {
      for (Path zone : zones) {
        String domain = Files.readString(zone.resolve("name")).strip();
        if (domain.startsWith("package") || domain.equals("dram")) {
          counters.put(
              zone, new Counter(number(zone, "energy_uj"), number(zone, "max_energy_range_uj")));
        }
      }
    } catch (AccessDeniedException e) {
      return Reading.unavailable(
          "the energy counter " + e.getFile() + " may be read by the administrator only");
    } catch (IOException | NumberFormatException e) {
      return Reading.unavailable("no readable energy counter under " + powercap);
    }
    return counters.isEmpty()
        ? Reading.unavailable("no energy counter under " + powercap)
        : Reading.of(counters);
  }

  private static long number(Path zone, String file) throws IOException {
    return Long.parseLong(Files.readString(zone.resolve(file)).strip());
  }

  private record Counter(long microjoules, long range) {}

  /** A span of time that began when it was made. */
  public final class Interval {
    private final Reading<Map<Path, Counter>> start;

    private Interval(Reading<Map<Path, Counter>> start) {
      this.start = start;
    }

    /**
     * Joules used since the interval's start. A counter that stands lower than at the start has
     * wrapped around once; intervals must be shorter than two turns, which take minutes at least.
     */
    public Reading<Double> joules() {
      return start.flatMap(before -> read().flatMap(after -> difference(before, after)));
    }

    private Reading<Double> difference(Map<Path, Counter> before, Map<Path, Counter> after) {
      if (!before.keySet().equals(after.keySet())) {
        return Reading.unavailable("the energy counters changed during the measurement");
      }
      double microjoules = 0;
      for (Map.Entry<Path, Counter> entry : before.entrySet()) {
        Counter end = after.getOrDefault(entry.getKey(), entry.getValue());
        long used = end.microjoules() - entry.getValue().microjoules();
        microjoules += used >= 0 ? used : used + end.range();
      }
      return Reading.of(microjoules / MICROJOULES_PER_JOULE);
    }
  }
}
