package dev.assay.harness.run.synthetic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.JsonFault;
import dev.assay.engine.synthetic.ParameterList;
import dev.assay.engine.synthetic.SyntheticCheckpoint;
import dev.assay.engine.torch.DType;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.ModelFingerprint;
import dev.assay.harness.suite.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that decides the bytes of a synthetic model.
 *
 * @param file the configuration's file
 * @param config its content
 * @param dtype of the weights
 * @param seed of the weights
 */
public record SyntheticSource(Path file, JsonNode config, DType dtype, long seed) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<DType> TYPES = List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16);

  /**
   * The source of a cell's model, if it is synthetic.
   *
   * @throws BadInputException if its configuration is broken; the message names the file
   */
  public static Optional<SyntheticSource> of(CellSpec cell) {
    return Optional.ofNullable(cell.model().synthetic()).map(model -> of(cell.modelPath(), model));
  }

  /**
   * A source.
   *
   * @param file where the model's configuration is
   * @throws BadInputException if the configuration is broken; the message names the file
   */
  public static SyntheticSource of(Path file, SyntheticModel model) {
    JsonNode config = read(file);
    DType dtype = model.dtype() == null ? dtype(file, config) : model.dtype();
    return new SyntheticSource(file, config, dtype, model.seed());
  }

  private static JsonNode read(Path file) {
    try {
      JsonNode config = JSON.readTree(Files.readAllBytes(file));
      if (!config.isObject()) {
        throw new BadInputException(
            file + ": found no JSON object, expected a model's config.json");
      }
      return config;
    } catch (JsonProcessingException e) {
      throw new BadInputException(file + ": " + JsonFault.of(e), e);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The configuration's, in its newer spelling or the older; float32 where it says none. */
  private static DType dtype(Path file, JsonNode config) {
    String key = config.hasNonNull("dtype") ? "dtype" : "torch_dtype";
    String name = config.hasNonNull(key) ? config.path(key).asText() : DType.FLOAT32.label();
    return TYPES.stream()
        .filter(dtype -> dtype.label().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    "%s: key %s: found '%s', expected one of %s"
                        .formatted(file, key, name, TYPES)));
  }

  /** The suite's description with nothing left open. */
  public SyntheticModel asModel() {
    return new SyntheticModel(file.toAbsolutePath().toString(), seed, dtype);
  }

  /** The sha256 in hex of everything here. */
  public String key() {
    return SyntheticCheckpoint.key(config, dtype, seed);
  }

  /** What tells it from other models; known without making it. */
  public ModelFingerprint fingerprint() {
    return new ModelFingerprint(key(), new TreeMap<>());
  }

  /**
   * Number of parameters.
   *
   * @throws BadInputException if this build does not know the family; the message names the file
   */
  public long parameters() {
    try {
      return ParameterList.of(config).count();
    } catch (IllegalArgumentException e) {
      throw new BadInputException(file + ": " + e.getMessage(), e);
    }
  }
}
