package dev.assay.harness.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Keeps every processor busy for most of the time, in processes of their own, from when a file
 * appears until it is closed. It pauses now and then so that a test does not take for ever.
 */
final class ProcessorHog implements AutoCloseable {
  private static final Duration BUSY = Duration.ofMillis(60);
  private static final Duration PAUSE = Duration.ofMillis(30);
  private static final Duration POLL = Duration.ofMillis(20);

  private final List<Process> processes = new ArrayList<>();

  private ProcessorHog() {}

  static ProcessorHog waitingFor(Path directory, String file) throws IOException {
    ProcessorHog hog = new ProcessorHog();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      hog.processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx32m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ProcessorHog.class.getName(),
                  directory.toString(),
                  file)
              .inheritIO()
              .start());
    }
    return hog;
  }

  /**
   * @param arguments directory that is searched, and the name of the file to wait for
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    while (ProcessHandle.current().parent().isPresent() && !isThere(arguments)) {
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
    while (ProcessHandle.current().parent().map(ProcessHandle::isAlive).orElse(false)) {
      long end = System.nanoTime() + BUSY.toNanos();
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    }
  }

  private static boolean isThere(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (var files = Files.walk(directory)) {
      return files.anyMatch(each -> each.endsWith(arguments[1]));
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
