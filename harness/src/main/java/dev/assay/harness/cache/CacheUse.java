package dev.assay.harness.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Says that a process needs an entry of the cache for as long as this is open, so that nobody
 * deletes it meanwhile. Any number of processes can need one entry. The kernel forgets those that
 * died.
 *
 * <p>An entry is a byte of the file {@value #FILE}, at the place that its name hashes to: a file
 * for each would have to be deleted with the entry, which cannot be done safely. Two entries of one
 * place only spare each other from being deleted.
 */
public final class CacheUse implements AutoCloseable {
  private static final String FILE = ".in-use";

  private final FileChannel channel;

  private CacheUse(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Needs an entry; waits where it is just being deleted.
   *
   * @param directory the directory that the entry is or will be in
   * @param entry name of the entry
   */
  public static CacheUse of(Path directory, String entry) {
    try {
      FileChannel channel = open(directory);
      try {
        channel.lock(place(entry), 1, true);
      } catch (OverlappingFileLockException e) {
        // This process holds it already, and the kernel's locks are those of a whole process.
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      return new CacheUse(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be locked: " + e.getMessage(), e);
    }
  }

  /**
   * Has an entry alone, to delete it; nothing if a process needs it.
   *
   * @param directory the directory that the entry is in
   * @param entry name of the entry
   */
  public static Optional<CacheUse> alone(Path directory, String entry) throws IOException {
    FileChannel channel = open(directory);
    boolean had = false;
    try {
      FileLock lock = channel.tryLock(place(entry), 1, false);
      had = lock != null;
    } catch (OverlappingFileLockException e) {
      // Needed by this very process.
    } finally {
      if (!had) {
        channel.close();
      }
    }
    return had ? Optional.of(new CacheUse(channel)) : Optional.empty();
  }

  private static FileChannel open(Path directory) throws IOException {
    Files.createDirectories(directory);
    return FileChannel.open(
        directory.resolve(FILE),
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  private static long place(String entry) {
    return entry.hashCode() & 0x7fffffffL;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("an entry of the cache stays locked: " + e.getMessage(), e);
    }
  }
}
