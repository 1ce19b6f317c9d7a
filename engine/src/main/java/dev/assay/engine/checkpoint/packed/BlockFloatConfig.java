package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.ScaledWeight;

/**
 * How configurations tell of 8-bit floats under scales of blocks, {@code weight_scale_inv}.
 *
 * @see <a href="https://arxiv.org/abs/2412.19437">DeepSeek-V3</a>
 */
final class BlockFloatConfig {
  private static final String BLOCK = "weight_block_size";
  private static final String TYPE = "fmt";
  private static final int USUAL = 128;

  private BlockFloatConfig() {}

  static QuantizationRules read(ConfigNode json) {
    String type = json.text(TYPE, "e4m3");
    if (!type.equals("e4m3")) {
      throw json.bad(TYPE, type, "e4m3");
    }
    QuantizationConfig config =
        new QuantizationConfig(
            Format.BLOCK_FP8, Byte.SIZE, size(json, 1), true, false, size(json, 0));
    return UnconvertedModules.rules(json, config);
  }

  private static int size(ConfigNode json, int at) {
    if (json.isAbsent(BLOCK)) {
      return USUAL;
    }
    JsonNode shape = json.get(BLOCK);
    if (!shape.isArray() || shape.size() != 2 || !shape.path(at).isInt()) {
      throw json.bad(BLOCK, "two whole numbers");
    }
    int size = shape.path(at).intValue();
    if (size < 1) {
      throw json.bad(BLOCK, "two whole numbers from 1 up");
    }
    return size;
  }

  /**
   * The object {@code quantization_config}.
   *
   * @param first one of the weights, whose blocks are those of all
   */
  static ObjectNode of(ScaledWeight first, WrittenQuantization written) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("quant_method", Format.BLOCK_FP8.label());
    json.put("activation_scheme", "dynamic");
    json.put(TYPE, "e4m3");
    if (first.scaleType() == DType.FLOAT8_E8M0) {
      json.put("scale_fmt", "ue8m0");
    }
    json.putArray(BLOCK).add(first.blocks().rows()).add(first.blocks().columns());
    UnconvertedModules.write(json, written);
    return json;
  }
}
