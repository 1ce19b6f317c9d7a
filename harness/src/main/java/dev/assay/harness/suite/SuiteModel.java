package dev.assay.harness.suite;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.ScalarForm;
import java.nio.file.Path;

/**
 * A checkpoint that the suite compresses.
 *
 * @param name name in the suite and in results
 * @param path directory or file, relative to the current directory or else to the directory that
 *     the suite's directory is in
 */
public record SuiteModel(
    @Describe("name in the suite and in results") String name,
    @Describe("checkpoint, relative to the current directory or else to the repository")
        String path) {
  public SuiteModel {
    Name.require("name", name);
  }

  /** The short form, a path alone: the last part of the path is the name. */
  @ScalarForm(expected = "a mapping with name and path, or a path alone")
  public static SuiteModel of(String path) {
    Path last = Path.of(path).getFileName();
    if (last == null) {
      throw new IllegalArgumentException("the path of a checkpoint");
    }
    return new SuiteModel(last.toString(), path);
  }
}
