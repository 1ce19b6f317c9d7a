package dev.assay.harness.run.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * What files take on the disk. Links are not followed, and what vanishes meanwhile takes nothing.
 *
 * @param bytes size of all regular files
 * @param changed when the last of them changed; the beginning of time if there is none
 */
record DiskUsage(long bytes, Instant changed) {
  static DiskUsage of(Path path) {
    Sum sum = new Sum();
    try {
      Files.walkFileTree(path, sum);
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be read: " + e.getMessage(), e);
    }
    return new DiskUsage(sum.bytes, sum.changed);
  }

  private static final class Sum extends SimpleFileVisitor<Path> {
    private long bytes;
    private Instant changed = Instant.EPOCH;

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      later(attributes);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()) {
        bytes += attributes.size();
        later(attributes);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    private void later(BasicFileAttributes attributes) {
      Instant time = attributes.lastModifiedTime().toInstant();
      changed = time.isAfter(changed) ? time : changed;
    }
  }
}
