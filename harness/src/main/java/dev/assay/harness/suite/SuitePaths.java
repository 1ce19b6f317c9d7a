package dev.assay.harness.suite;

import dev.assay.engine.config.Names;
import dev.assay.engine.config.YamlDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds what a suite's paths stand for: relative to the current directory first, then to the
 * directory that holds the suite's directory (the repository, for {@code suites/quick.yaml}), then
 * to Assay's own.
 *
 * @param file the suite's file
 * @param home the directory that holds Assay's own recipes, models and profiles
 */
public record SuitePaths(Path file, Path home) {
  /** Where a path is looked for, in order. */
  public List<Path> candidates(String path) {
    Path here = Path.of(path);
    if (here.isAbsolute()) {
      return List.of(here);
    }
    Path directory = file.toAbsolutePath().normalize().getParent();
    Path repository = directory == null ? null : directory.getParent();
    Stream<Path> places = Stream.of(here);
    if (repository != null) {
      places = Stream.concat(places, Stream.of(repository.resolve(path)));
    }
    return Stream.concat(places, Stream.of(home.resolve(path))).distinct().toList();
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
