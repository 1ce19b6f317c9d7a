package dev.assay.harness.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The directories that a target needs and that are not there yet, so that they can go again where
 * the target does not come to be.
 *
 * @param paths the innermost first
 */
record MissingDirectories(List<Path> paths) {
  MissingDirectories {
    paths = List.copyOf(paths);
  }

  /** Those above a target. */
  static MissingDirectories above(Path target) {
    List<Path> missing = new ArrayList<>();
    Path each = target.toAbsolutePath().normalize().getParent();
    while (each != null && !Files.exists(each)) {
      missing.add(each);
      each = each.getParent();
    }
    return new MissingDirectories(missing);
  }

  /** Deletes those that have come to be, as far as nobody has put anything into them. */
  void deleteEmpty() {
    for (Path each : paths) {
      try {
        Files.deleteIfExists(each);
      } catch (IOException e) {
        return;
      }
    }
  }
}
