package dev.assay.harness.suite;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.ScalarForm;
import dev.assay.harness.hub.HubReference;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A checkpoint that the suite compresses.
 *
 * @param name name in the suite and in results
 * @param path directory or file, relative to the current directory or else to the directory that
 *     the suite's directory is in; or a model on the hub, {@code hub:owner/name@revision}
 */
public record SuiteModel(
    @Describe("name in the suite and in results") String name,
    @Describe(
            "checkpoint, relative to the current directory or else to the repository; or"
                + " hub:owner/name@revision")
        String path) {
  public SuiteModel {
    Name.require("name", name);
  }

  /** The short form, a path alone: its last part is the name, without any revision and file. */
  @ScalarForm(expected = "a mapping with name and path, or a path alone")
  public static SuiteModel of(String path) {
    String named = HubReference.isOne(path) ? path.replaceFirst("[@#].*", "") : path;
    Path last = Path.of(named.replaceFirst("^hub:", "")).getFileName();
    if (last == null) {
      throw new IllegalArgumentException("the path of a checkpoint");
    }
    return new SuiteModel(last.toString(), path);
  }

  /**
   * The model on the hub, if it is one.
   *
   * @throws dev.assay.engine.config.BadInputException if the path is meant as one but malformed
   */
  public Optional<HubReference> onHub() {
    return HubReference.isOne(path) ? Optional.of(HubReference.parse(path)) : Optional.empty();
  }
}
