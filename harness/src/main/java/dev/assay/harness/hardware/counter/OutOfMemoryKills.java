package dev.assay.harness.hardware.counter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the kernel has killed processes for want of memory since this was made: the counters
 * {@code oom_kill} of the whole machine ({@code /proc/vmstat}) and of this control group ({@code
 * memory.events}).
 */
public final class OutOfMemoryKills {
  private static final Pattern COUNTER = Pattern.compile("(?m)^oom_kill (\\d+)$");

  private final Path vmstat;
  private final Path events;
  private final long before;

  OutOfMemoryKills(Path vmstat, Path events) {
    this.vmstat = vmstat;
    this.events = events;
    this.before = count();
  }

  /** Counts from now on. */
  public static OutOfMemoryKills ofKernel() {
    return new OutOfMemoryKills(Path.of("/proc/vmstat"), Path.of("/sys/fs/cgroup/memory.events"));
  }

  /** Whether there has been one; false where the kernel does not tell. */
  public boolean since() {
    return count() > before;
  }

  private long count() {
    return read(vmstat) + read(events);
  }

  private static long read(Path file) {
    try {
      Matcher matcher = COUNTER.matcher(Files.readString(file));
      return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
