package dev.assay.harness.run.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Lists directories of the cache, which may be absent. */
final class Listing {
  private Listing() {}

  /** What is in a directory, by name; nothing where there is none. */
  static List<Path> of(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(directory)) {
      return list.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  /** The directories in a directory, by name. */
  static List<Path> directories(Path directory) {
    return of(directory).stream().filter(Files::isDirectory).toList();
  }
}
