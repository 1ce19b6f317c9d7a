package dev.assay.harness.run.synthetic;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.synthetic.SyntheticCheckpoint;
import dev.assay.harness.suite.CellSpec;
import dev.assay.leaderboard.file.FileMutex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Synthetic models on disk, a directory each. May be deleted at any time. Two processes that want
 * one model wait for each other.
 *
 * @param root directory of the cache
 */
public record SyntheticCache(Path root) {
  private static final int LENGTH = 32;

  /** The cache beside that of the artifacts. */
  public static SyntheticCache beside(Path artifacts) {
    return new SyntheticCache(artifacts.toAbsolutePath().resolveSibling("synthetic"));
  }

  /** Where a model is or will be. */
  public Path directory(SyntheticSource source) {
    return root.resolve(source.key().substring(0, LENGTH));
  }

  /** Whether nothing has to be made for a cell: its model is here, or is not synthetic. */
  public boolean has(CellSpec cell) {
    return SyntheticSource.of(cell)
        .map(source -> Files.isDirectory(directory(source)))
        .orElse(true);
  }

  /**
   * Makes a model if it is not there.
   *
   * @throws BadInputException if this build does not know the family, or the disk has no room
   */
  public void make(SyntheticSource source, SyntheticCheckpoint.Listener listener) {
    Path directory = directory(source);
    try {
      try (FileMutex mutex = FileMutex.of(root.resolve(directory.getFileName() + ".lock"))) {
        // It appears under its name only when it is whole.
        if (!Files.isDirectory(directory)) {
          SyntheticCheckpoint.write(
              source.config(), source.dtype(), source.seed(), directory, listener);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new BadInputException(source.file() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(root + ": the cache cannot be used: " + e.getMessage(), e);
    }
  }
}
