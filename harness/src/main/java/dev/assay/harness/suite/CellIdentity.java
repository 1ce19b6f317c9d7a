package dev.assay.harness.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;

/**
 * Everything that can change a cell's figures. Same identity, same quality figures.
 *
 * @param model hashes of the checkpoint
 * @param recipe {@link dev.assay.engine.recipe.Recipe#canonical}
 * @param datasets sha256 of each split's text, by {@code name/split}
 * @param protocols how each metric is taken, in the suite's order
 * @param seed seed of every random choice
 * @param engineVersion version of the engine
 * @param dtype dtype of the execution
 * @param device kind of device
 * @param threads threads as the target asks for them, {@code auto} or a number
 * @param hardwareProfile profile as the target asks for it, {@code auto} or a name
 */
public record CellIdentity(
    ModelFingerprint model,
    String recipe,
    SortedMap<String, String> datasets,
    List<String> protocols,
    long seed,
    String engineVersion,
    String dtype,
    String device,
    String threads,
    String hardwareProfile) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();
  private static final int ID_BYTES = 8;

  public CellIdentity {
    protocols = List.copyOf(protocols);
  }

  /** First 16 hexadecimal digits of the sha256 of this record as JSON, keys sorted. */
  public String id() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(MAPPER.writeValueAsString(this).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of strings are always JSON", e);
    }
  }
}
