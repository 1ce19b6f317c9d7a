package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.torch.DType;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What bitsandbytes keeps as JSON in the bytes of a tensor {@code quant_state.bitsandbytes__nf4}.
 *
 * @param blockSize elements that share a scale
 * @param outFeatures rows
 * @param inFeatures columns
 * @param valueType the type that the values had before
 * @param nested how the scales are quantized, if they are
 */
record QuantState(
    int blockSize, long outFeatures, long inFeatures, DType valueType, Optional<Nested> nested) {
  private static final long MAX_FEATURES = 1 << 30;

  /**
   * How scales are quantized.
   *
   * @param blockSize scales that share a scale of their own
   * @param offset what is added to each
   */
  record Nested(int blockSize, double offset) {}

  /**
   * Reads the JSON.
   *
   * @param where file and tensor, for messages
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if it is damaged
   */
  static QuantState read(String where, byte[] text) {
    ConfigNode json = new ConfigNode(where + ": key ", JsonFiles.object(where, text));
    JsonNode shape = json.get("shape");
    if (!shape.isArray() || shape.size() != 2 || !isSize(shape.get(0)) || !isSize(shape.get(1))) {
      throw json.bad("shape", "two whole numbers from 1 to 2^30");
    }
    Optional<Nested> nested = Optional.empty();
    if (!json.get("nested_blocksize").isMissingNode()) {
      JsonNode offset = json.get("nested_offset");
      if (!offset.isNumber() || !Double.isFinite(offset.doubleValue())) {
        throw json.bad("nested_offset", "a finite number");
      }
      nested = Optional.of(new Nested(blockSize(json, "nested_blocksize"), offset.doubleValue()));
    }
    return new QuantState(
        blockSize(json, "blocksize"),
        shape.get(0).longValue(),
        shape.get(1).longValue(),
        valueType(json),
        nested);
  }

  private static DType valueType(ConfigNode json) {
    String label = json.text("dtype", DType.FLOAT16.label());
    return Stream.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32)
        .filter(type -> type.label().equals(label))
        .findFirst()
        .orElseThrow(() -> json.bad("dtype", "float16, bfloat16 or float32"));
  }

  private static int blockSize(ConfigNode json, String key) {
    int blockSize = json.integer(key);
    if (blockSize < 1) {
      throw json.bad(key, "at least 1");
    }
    return blockSize;
  }

  private static boolean isSize(JsonNode node) {
    return node.isIntegralNumber()
        && node.canConvertToInt()
        && node.intValue() >= 1
        && node.intValue() <= MAX_FEATURES;
  }
}
