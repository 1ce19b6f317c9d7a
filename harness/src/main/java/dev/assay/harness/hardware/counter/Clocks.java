package dev.assay.harness.hardware.counter;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Clocks and thermal throttling of the processors, from Linux' {@code /sys/devices/system/cpu}
 * ({@code Documentation/admin-guide/pm/cpufreq.rst} of the kernel). Virtual machines mostly tell
 * neither.
 */
public final class Clocks {
  private static final double HERTZ_PER_KILOHERTZ = 1000;

  private final Path processors;

  Clocks(Path processors) {
    this.processors = processors;
  }

  /** Those of this machine. */
  public static Clocks ofKernel() {
    return new Clocks(Path.of("/sys/devices/system/cpu"));
  }

  /** The clock of the fastest processor now, in hertz, as idle ones may sleep. */
  public OptionalDouble highest() {
    return numbers("cpufreq/scaling_cur_freq").max().stream()
        .mapToDouble(kilohertz -> kilohertz * HERTZ_PER_KILOHERTZ)
        .findFirst();
  }

  /** How often processors have been throttled for their heat since the machine started. */
  public OptionalLong throttles() {
    long[] counts = numbers("thermal_throttle/core_throttle_count").toArray();
    if (counts.length == 0) {
      return OptionalLong.empty();
    }
    long packages = numbers("thermal_throttle/package_throttle_count").sum();
    return OptionalLong.of(Arrays.stream(counts).sum() + packages);
  }

  private LongStream numbers(String file) {
    LongStream.Builder found = LongStream.builder();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(processors, "cpu[0-9]*")) {
      for (Path processor : all) {
        Path number = processor.resolve(file);
        if (Files.isReadable(number)) {
          found.add(Long.parseLong(Files.readString(number).strip()));
        }
      }
    } catch (IOException | NumberFormatException e) {
      return LongStream.empty();
    }
    return found.build();
  }
}
