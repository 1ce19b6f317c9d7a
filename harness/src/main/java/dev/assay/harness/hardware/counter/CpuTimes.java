package dev.assay.harness.hardware.counter;

import dev.assay.harness.hardware.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;

/**
 * What the processors of the machine have done since it started, from Linux' {@code /proc/stat}
 * ({@code Documentation/filesystems/proc.rst} of the kernel). The kernel counts in hundredths of a
 * second.
 *
 * @param processors logical processors
 * @param busySeconds processor time of all tasks and of the kernel, without waiting for disks
 * @param stolenSeconds processor time that a hypervisor gave to others
 */
public record CpuTimes(int processors, double busySeconds, double stolenSeconds) {
  private static final double TICKS_PER_SECOND = 100;

  /** Columns after {@code cpu}: user, nice, system, idle, iowait, irq, softirq, steal, guest … */
  private static final int[] BUSY = {1, 2, 3, 6, 7};

  private static final int STEAL = 8;

  /** The times of this machine. */
  public static Reading<CpuTimes> ofKernel() {
    return read(Path.of("/proc/stat"));
  }

  static Reading<CpuTimes> read(Path file) {
    List<String> lines;
    try (Stream<String> all = Files.lines(file)) {
      lines = all.takeWhile(line -> line.startsWith("cpu")).toList();
    } catch (IOException e) {
      return Reading.unavailable("the kernel tells no processor times (" + file + ")");
    }
    if (lines.size() < 2) {
      return Reading.unavailable(file + " has no lines of processors");
    }
    String[] sum = StringUtils.split(lines.get(0));
    if (sum.length <= STEAL) {
      return Reading.unavailable(file + " has no column of stolen time");
    }
    double busy = 0;
    for (int column : BUSY) {
      busy += Long.parseLong(sum[column]);
    }
    return Reading.of(
        new CpuTimes(
            lines.size() - 1,
            busy / TICKS_PER_SECOND,
            Long.parseLong(sum[STEAL]) / TICKS_PER_SECOND));
  }
}
