package dev.assay.harness.suite;

import dev.assay.engine.config.Names;
import dev.assay.engine.config.YamlDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds what a suite's paths stand for: relative to the current directory first, then to the
 * directory that holds the suite's directory (the repository, for {@code suites/quick.yaml}).
 *
 * @param file the suite's file
 */
public record SuitePaths(Path file) {
  /** Where a path is looked for, in order. */
  public List<Path> candidates(String path) {
    Path here = Path.of(path);
    Path directory = file.toAbsolutePath().normalize().getParent();
    Path repository = directory == null ? null : directory.getParent();
    return repository == null || here.isAbsolute()
        ? List.of(here)
        : List.of(here, repository.resolve(path));
  }

  /** The first candidate that exists. */
  public Optional<Path> find(String path) {
    return candidates(path).stream().filter(Files::exists).findFirst();
  }

  /** Names of the YAML files in a directory, sorted; none where it does not exist. */
  public Names names(String directory) {
    return find(directory).map(YamlDirectory::names).orElse(new Names(List.of()));
  }
}
