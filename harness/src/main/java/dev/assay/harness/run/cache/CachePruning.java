package dev.assay.harness.run.cache;

import dev.assay.harness.cache.CacheUse;
import dev.assay.harness.run.artifact.ArtifactCache;
import dev.assay.leaderboard.file.FileMutex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.io.file.PathUtils;

/** Deletes what is stale in the cache, and never what a running process makes or reads. */
public final class CachePruning {
  /** How it went with an entry. */
  public enum Outcome {
    DELETED,
    IN_USE
  }

  private CachePruning() {}

  /**
   * Deletes an entry unless a process holds it.
   *
   * @throws IllegalArgumentException if the entry is not stale
   * @throws UncheckedIOException if it cannot be deleted
   */
  public static Outcome delete(CacheEntry entry) {
    if (entry.state() != CacheEntry.State.STALE) {
      throw new IllegalArgumentException(entry.path() + " is " + entry.state());
    }
    return alone(entry, () -> delete(entry.path())) ? Outcome.DELETED : Outcome.IN_USE;
  }

  /** Whether a process makes or reads an entry now. */
  public static boolean isInUse(CacheEntry entry) {
    return !alone(entry, () -> {});
  }

  private interface Work {
    void run() throws IOException;
  }

  /** Does something while nobody else has the entry; false if somebody has. */
  private static boolean alone(CacheEntry entry, Work work) {
    if (entry.kind() != CacheEntry.Kind.ARTIFACT && entry.kind() != CacheEntry.Kind.SYNTHETIC) {
      return done(entry, work);
    }
    Path directory = entry.path().toAbsolutePath().resolveSibling("");
    try {
      Optional<CacheUse> reading = CacheUse.alone(directory, entry.key());
      if (reading.isEmpty()) {
        return false;
      }
      try (CacheUse nobodyReads = reading.get()) {
        Optional<FileMutex> making = FileMutex.ifFree(directory.resolve(entry.key() + ".lock"));
        if (making.isEmpty()) {
          return false;
        }
        try (FileMutex nobodyMakes = making.get()) {
          return done(entry, work);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(entry.path() + ": cannot be locked: " + e.getMessage(), e);
    }
  }

  private static boolean done(CacheEntry entry, Work work) {
    try {
      work.run();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(entry.path() + ": cannot be deleted: " + e.getMessage(), e);
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      // First what says that the rest is whole: a process may die in between.
      Files.deleteIfExists(path.resolve(ArtifactCache.REPORT));
      PathUtils.deleteDirectory(path);
    } else {
      Files.deleteIfExists(path);
    }
  }
}
