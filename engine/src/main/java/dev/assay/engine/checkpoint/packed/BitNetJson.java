package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.weight.GridForm;

/**
 * How configurations tell of BitNet's three values: packed ({@code bitlinear}), or by {@code
 * autobitlinear} as dense weights under a factor ({@code offline}) or to be rounded by the loader
 * ({@code online}).
 */
final class BitNetJson {
  private static final int BITS = 2;

  private BitNetJson() {}

  static QuantizationRules read(ConfigNode json) {
    String kind = json.text("linear_class", "bitlinear");
    if (!kind.equals("bitlinear") && !kind.equals("autobitlinear")) {
      throw json.bad("linear_class", kind, "bitlinear or autobitlinear");
    }
    if (json.flag("use_rms_norm", false)) {
      throw json.bad("use_rms_norm", "false: no family has a norm before each linear");
    }
    String mode = json.text("quantization_mode", "offline");
    if (!mode.equals("offline") && !mode.equals("online")) {
      throw json.bad("quantization_mode", mode, "offline or online");
    }
    boolean online = kind.equals("autobitlinear") && mode.equals("online");
    QuantizationConfig config =
        new QuantizationConfig(
            online ? Format.BITNET_ONLINE : Format.BITNET,
            BITS,
            GridForm.PER_CHANNEL,
            false,
            false);
    return UnconvertedModules.rules(json, config);
  }

  static ObjectNode of(QuantizationConfig config, WrittenQuantization written) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("quant_method", config.format().label());
    json.put("linear_class", "bitlinear");
    json.put("quantization_mode", "offline");
    UnconvertedModules.write(json, written);
    return json;
  }
}
