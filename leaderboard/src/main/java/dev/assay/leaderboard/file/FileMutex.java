package dev.assay.leaderboard.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Held by one thread of one process at a time. The kernel frees it when the process dies. The file
 * stays, as removing it would let two hold two files of one name.
 */
public final class FileMutex implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(FileMutex.class);
  private static final long PAUSE_MILLIS = 20;

  /**
   * Files that this process holds. The kernel's locks are those of a whole process, and closing any
   * of its channels of a file frees them: nothing may open a file that is here.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private FileMutex(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Waits until the mutex is free, and takes it.
   *
   * @param file made if it is not there
   * @throws IOException if the file cannot be made or locked, or the thread is interrupted
   */
  public static FileMutex of(Path file) throws IOException {
    Optional<FileMutex> mutex = ifFree(file);
    if (mutex.isEmpty()) {
      LOG.info("{}: in use; waiting for it", file);
    }
    try {
      while (mutex.isEmpty()) {
        Thread.sleep(PAUSE_MILLIS);
        mutex = ifFree(file);
      }
      return mutex.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(file + ": interrupted while waiting for it", e);
    }
  }

  /**
   * Takes the mutex; nothing if another thread or process has it.
   *
   * @param file made if it is not there
   * @throws IOException if the file cannot be made or locked
   */
  public static Optional<FileMutex> ifFree(Path file) throws IOException {
    Path folder = file.toAbsolutePath().resolveSibling("");
    Files.createDirectories(folder);
    Path real = folder.toRealPath().resolve(file.getFileName());
    if (!HELD.add(real)) {
      return Optional.empty();
    }
    Optional<FileMutex> taken = Optional.empty();
    try {
      taken = locked(real);
      return taken;
    } finally {
      if (taken.isEmpty()) {
        HELD.remove(real);
      }
    }
  }

  private static Optional<FileMutex> locked(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      FileLock lock = channel.tryLock();
      taken = lock != null;
    } catch (OverlappingFileLockException e) {
      // By another name of the file.
    } finally {
      if (!taken) {
        channel.close();
      }
    }
    return taken ? Optional.of(new FileMutex(file, channel)) : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      try {
        channel.close();
      } finally {
        HELD.remove(file);
      }
    }
  }
}
