package dev.assay.harness.run.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The data sets that were downloaded.
 *
 * @param root where they are
 * @param now the time
 */
record DatasetEntries(Path root, Instant now) {
  /** A download into memory that stalls ends sooner by far; it holds no lock. */
  private static final Duration LONGEST_DOWNLOAD = Duration.ofDays(1);

  List<CacheEntry> list() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).sorted().map(this::entry).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(root + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private CacheEntry entry(Path file) {
    CacheEntry entry =
        CacheEntry.usable(CacheEntry.Kind.DATASET, file, root.relativize(file).toString());
    boolean brokenOff =
        file.toString().endsWith(".part") && entry.changed().isBefore(now.minus(LONGEST_DOWNLOAD));
    return brokenOff
        ? CacheEntry.stale(
            CacheEntry.Kind.DATASET, file, "begun and not finished", "a download broken off")
        : entry;
  }
}
