package dev.assay.harness.hardware.counter;

import dev.assay.harness.hardware.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resident memory of a process, from Linux' {@code /proc/<pid>/status}.
 *
 * @param peakBytes high-water mark since the process began ({@code VmHWM})
 * @param residentBytes at the time of reading ({@code VmRSS})
 */
public record ProcessMemory(long peakBytes, long residentBytes) {
  private static final long KIBIBYTE = 1024;

  /** The memory of a running process. */
  public static Reading<ProcessMemory> of(long pid) {
    return read(Path.of("/proc"), pid);
  }

  static Reading<ProcessMemory> read(Path proc, long pid) {
    if (!Files.isDirectory(proc)) {
      return Reading.unavailable("resident memory is read from " + proc + ", which is not there");
    }
    String status;
    try {
      status = Files.readString(proc.resolve(Long.toString(pid)).resolve("status"));
    } catch (IOException e) {
      return Reading.unavailable("process " + pid + " has ended or may not be looked at");
    }
    OptionalLong peak = field(status, "VmHWM");
    OptionalLong resident = field(status, "VmRSS");
    if (peak.isEmpty() || resident.isEmpty()) {
      return Reading.unavailable("the kernel states no VmHWM and VmRSS for process " + pid);
    }
    return Reading.of(new ProcessMemory(peak.getAsLong(), resident.getAsLong()));
  }

  private static OptionalLong field(String status, String name) {
    Matcher matcher = Pattern.compile("(?m)^" + name + ":\\s+(\\d+) kB$").matcher(status);
    return matcher.find()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)) * KIBIBYTE)
        : OptionalLong.empty();
  }
}
