package dev.assay.harness.run.journal;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;

/** Keeps two processes from working on one run. The kernel frees it when a process dies. */
public final class RunLock implements AutoCloseable {
  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a run.
   *
   * @throws BadInputException if another process has it
   */
  public static RunLock of(RunDirectory run) {
    try {
      FileChannel channel =
          FileChannel.open(run.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new BadInputException(
            run.path() + ": another process is at work on this run; expected to have it alone");
      }
      return new RunLock(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(run.path() + ": cannot be locked: " + e.getMessage(), e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
