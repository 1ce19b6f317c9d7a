package dev.assay.leaderboard.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Held by one thread of one process at a time; the others wait. The kernel frees it when the
 * process dies. The file stays, as removing it would let two hold two files of one name.
 */
public final class FileMutex implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileMutex.class);
  private static final long PAUSE_MILLIS = 20;

  private final FileChannel channel;

  private FileMutex(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits until the mutex is free, and takes it.
   *
   * @param file made if it is not there
   * @throws IOException if the file cannot be made or locked, or the thread is interrupted
   */
  public static FileMutex of(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!taken(channel)) {
        LOG.info("{}: in use by another process; waiting for it", file);
        do {
          Thread.sleep(PAUSE_MILLIS);
        } while (!taken(channel));
      }
      return new FileMutex(channel);
    } catch (InterruptedException e) {
      channel.close();
      Thread.currentThread().interrupt();
      throw new IOException(file + ": interrupted while waiting for it", e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean taken(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      // Another thread of this process has it.
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
