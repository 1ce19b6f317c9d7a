package dev.assay.harness.run.journal;

import dev.assay.engine.config.BadInputException;
import dev.assay.leaderboard.file.FileMutex;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Keeps two processes from working on one run. The kernel frees it when a process dies. */
public final class RunLock implements AutoCloseable {
  private final FileMutex mutex;

  private RunLock(FileMutex mutex) {
    this.mutex = mutex;
  }

  /**
   * Takes the lock of a run.
   *
   * @throws BadInputException if another process has it
   */
  public static RunLock of(RunDirectory run) {
    try {
      return new RunLock(
          FileMutex.ifFree(run.lock())
              .orElseThrow(
                  () ->
                      new BadInputException(
                          run.path()
                              + ": another process is at work on this run; expected to have it"
                              + " alone")));
    } catch (IOException e) {
      throw new UncheckedIOException(run.path() + ": cannot be locked: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      mutex.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a run cannot be unlocked: " + e.getMessage(), e);
    }
  }
}
