package dev.assay.harness.suite;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.ScalarForm;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that the suite compresses.
 *
 * @param name name in the suite and in results
 * @param path directory or file, relative to the current directory or else to the directory that
 *     the suite's directory is in; null if it is synthetic
 * @param synthetic how it is made; null if it has a path
 */
public record SuiteModel(
    @Describe("name in the suite and in results") String name,
    @Describe("checkpoint, relative to the current directory or else to the repository")
        @Nullable String path,
    @Describe("in place of a path: shapes to fill with weights from a seed")
        @Nullable SyntheticModel synthetic) {
  public SuiteModel {
    Name.require("name", name);
    if ((path == null) == (synthetic == null)) {
      throw new InvalidValueException(
          "path", path == null ? "none" : "one beside synthetic", "either path or synthetic");
    }
  }

  /** Where its weights come from, as the suite says. */
  public String source() {
    return synthetic == null
        ? Objects.requireNonNull(path)
        : "synthetic: " + synthetic.config() + ", seed " + synthetic.seed();
  }

  /** The short form, a path alone: the last part of the path is the name. */
  @ScalarForm(expected = "a mapping with name and path, or a path alone")
  public static SuiteModel of(String path) {
    Path last = Path.of(path).getFileName();
    if (last == null) {
      throw new IllegalArgumentException("the path of a checkpoint");
    }
    return new SuiteModel(last.toString(), path, null);
  }
}
