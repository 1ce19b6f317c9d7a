package dev.assay.harness.suite;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.ScalarForm;
import dev.assay.engine.hub.HubReference;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that the suite compresses.
 *
 * @param name name in the suite and in results
 * @param path directory or file, relative to the current directory or else to the directory that
 *     the suite's directory is in, or a model on the hub, {@code hub:owner/name@revision}; null if
 *     it is synthetic
 * @param synthetic how it is made; null if it has a path
 */
public record SuiteModel(
    @Describe("name in the suite and in results") String name,
    @Describe(
            "checkpoint, relative to the current directory or else to the repository; or"
                + " hub:owner/name@revision")
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

  /** The short form, a path alone: its last part is the name, without any revision and file. */
  @ScalarForm(expected = "a mapping with name and path, or a path alone")
  public static SuiteModel of(String path) {
    String named = HubReference.isOne(path) ? path.replaceFirst("[@#].*", "") : path;
    Path last = Path.of(named.replaceFirst("^hub:", "")).getFileName();
    if (last == null) {
      throw new IllegalArgumentException("the path of a checkpoint");
    }
    return new SuiteModel(last.toString(), path, null);
  }

  /**
   * The model on the hub, if it is one.
   *
   * @throws dev.assay.engine.config.BadInputException if the path is meant as one but malformed
   */
  public Optional<HubReference> onHub() {
    return path != null && HubReference.isOne(path)
        ? Optional.of(HubReference.parse(path))
        : Optional.empty();
  }
}
