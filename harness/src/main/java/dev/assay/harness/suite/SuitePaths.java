package dev.assay.harness.suite;

import dev.assay.engine.config.Names;
import dev.assay.engine.config.YamlDirectory;
import dev.assay.harness.dataset.DatasetRegistry;
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

  /** The text file of a name, the first that is there. */
  Optional<Path> text(String name) {
    return texts(name).stream().filter(Files::isRegularFile).findFirst();
  }

  /**
   * Where a text file is looked for, in order; absolute, as processes elsewhere read it too.
   *
   * @throws dev.assay.engine.config.BadInputException if the name is no path
   */
  List<Path> texts(String name) {
    return candidates(DatasetRegistry.textFile(name).toString()).stream()
        .map(Path::toAbsolutePath)
        .distinct()
        .toList();
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
