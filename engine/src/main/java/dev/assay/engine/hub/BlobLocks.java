package dev.assay.engine.hub;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** Lets one thread of one process at a time download a file. */
@FunctionalInterface
public interface BlobLocks {
  /**
   * Waits until nobody has the lock, and takes it.
   *
   * @param file stands for the lock; made if it is not there
   * @return frees the lock when it is closed
   */
  Closeable take(Path file) throws IOException;
}
