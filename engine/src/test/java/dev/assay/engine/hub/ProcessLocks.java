package dev.assay.engine.hub;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Locks among the threads of a test. */
final class ProcessLocks implements BlobLocks {
  private final Map<Path, ReentrantLock> locks = new ConcurrentHashMap<>();

  @Override
  public Closeable take(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    ReentrantLock lock = locks.computeIfAbsent(file, key -> new ReentrantLock());
    lock.lock();
    return lock::unlock;
  }
}
