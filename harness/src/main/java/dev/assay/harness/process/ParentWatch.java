package dev.assay.harness.process;

import java.time.Duration;
import java.util.Optional;

/**
 * Ends this process when the one that started it is gone. A run that was killed must leave nothing
 * behind that takes the machine from the next one.
 */
public final class ParentWatch {
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private ParentWatch() {}

  /** Begins to watch, in a daemon thread that sleeps nearly always. */
  public static void start() {
    Optional<ProcessHandle> parent = ProcessHandle.current().parent();
    if (parent.isEmpty()) {
      return;
    }
    Thread watch = new Thread(() -> haltAfter(parent.get()), "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static void haltAfter(ProcessHandle parent) {
    try {
      while (parent.isAlive()) {
        Thread.sleep(INTERVAL.toMillis());
      }
      Runtime.getRuntime().halt(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
