package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The grids of an attention's keys and values, as far as compressed-tensors has words for them:
 * both of one kind, around 0.
 *
 * @param floats whether codes are floats of 8 bits
 * @param bits of a code
 * @param keyScales one, or one a head
 * @param valueScales as many
 */
public record WrittenCache(
    boolean floats, int bits, List<Float> keyScales, List<Float> valueScales) {
  public WrittenCache {
    keyScales = List.copyOf(keyScales);
    valueScales = List.copyOf(valueScales);
    if (keyScales.isEmpty() || keyScales.size() != valueScales.size()) {
      throw new IllegalArgumentException(
          "found %d scales of keys and %d of values, expected as many, and one at least"
              .formatted(keyScales.size(), valueScales.size()));
    }
  }

  /** Whether one object {@code kv_cache_scheme} speaks for both. */
  public boolean isLike(WrittenCache other) {
    return floats == other.floats
        && bits == other.bits
        && keyScales.size() == other.keyScales.size();
  }

  /** The object. */
  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("num_bits", bits)
        .put("type", floats ? "float" : "int")
        .put("symmetric", true)
        .put("strategy", keyScales.size() == 1 ? "tensor" : "attn_head")
        .put("dynamic", false);
  }
}
