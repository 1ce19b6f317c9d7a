package dev.assay.leaderboard.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A process that tries to take a mutex; ends with 0 if it was free. */
final class MutexProbe {
  private static final int TAKEN = 7;

  private MutexProbe() {}

  public static void main(String[] arguments) throws IOException {
    Optional<FileMutex> mutex = FileMutex.ifFree(Path.of(arguments[0]));
    System.exit(mutex.isPresent() ? 0 : TAKEN);
  }

  /** Whether another process can take a mutex. */
  static boolean isFree(Path file) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MutexProbe.class.getName(),
                file.toString())
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0 && status != TAKEN) {
      throw new IOException("the probe ended with " + status);
    }
    return status == 0;
  }
}
