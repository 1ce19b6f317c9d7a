package dev.assay.harness.hardware.counter;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.commons.lang3.StringUtils;

/**
 * How long this process's threads were ready to run and got no processor, from Linux' {@code
 * /proc/self/task/<thread>/schedstat} ({@code Documentation/scheduler/sched-stats.rst} of the
 * kernel); for kernels without pressure-stall information.
 */
public final class RunQueue {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Path tasks;
  private final Map<String, Long> before;

  RunQueue(Path tasks) {
    this.tasks = tasks;
    this.before = waits();
  }

  /** Begins to watch this process's threads. */
  public static RunQueue ofThisProcess() {
    return new RunQueue(Path.of("/proc/self/task"));
  }

  /** Seconds that the thread that waited most has waited; empty where the kernel does not tell. */
  public OptionalDouble longestWait() {
    return waits().entrySet().stream()
        .mapToDouble(
            wait -> (wait.getValue() - before.getOrDefault(wait.getKey(), 0L)) / NANOS_PER_SECOND)
        .max();
  }

  private Map<String, Long> waits() {
    Map<String, Long> waits = new HashMap<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        read(thread, waits);
      }
    } catch (IOException e) {
      return Map.of();
    }
    return waits;
  }

  private static void read(Path thread, Map<String, Long> waits) {
    try {
      String[] fields = StringUtils.split(Files.readString(thread.resolve("schedstat")));
      if (fields.length == 3) {
        waits.put(thread.getFileName().toString(), Long.parseLong(fields[1]));
      }
    } catch (IOException e) {
      // The thread has ended, or the kernel was built without these counters.
    }
  }
}
