package dev.assay.engine.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A directory of YAML files that are known by their names. */
public final class YamlDirectory {
  /** What the names of the files end in. */
  public static final String SUFFIX = ".yaml";

  private YamlDirectory() {}

  /**
   * Names of the files, without suffix, sorted; none where the directory does not exist.
   *
   * @throws BadInputException if the directory cannot be listed
   */
  public static Names names(Path directory) {
    if (!Files.isDirectory(directory)) {
      return new Names(List.of());
    }
    try (Stream<Path> files = Files.list(directory)) {
      return new Names(
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(SUFFIX))
              .map(name -> name.substring(0, name.length() - SUFFIX.length()))
              .sorted()
              .toList());
    } catch (IOException e) {
      throw new BadInputException(directory + ": cannot be listed: " + e.getMessage(), e);
    }
  }
}
