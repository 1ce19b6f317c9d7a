package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Side;
import dev.assay.engine.model.StackShape;
import java.util.EnumMap;
import java.util.Map;

/** Qwen3: queries and keys are normed head by head (Yang et al. 2025). */
public final class Qwen3Family implements Family {
  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    if (!config.present("head_dim")) {
      config = config.with("head_dim", 128);
    }
    StackShape plain = LlamaShape.read(config);
    StackShape spec =
        plain
            .with(plain.attention().withQueryKeyNorm())
            .withWindows(Windows.upper(config, plain.layers()));
    boolean biased = config.flag("attention_bias", false);
    Map<Side, String> side = new EnumMap<>(LlamaLayers.NORMS);
    side.put(Side.QUERY_NORM, "self_attn.q_norm");
    side.put(Side.KEY_NORM, "self_attn.k_norm");
    return ModelSpec.causal(
        modelType(),
        spec,
        LlamaLayers.NAMES,
        LlamaLayers.layout(spec, side, biased, biased, false));
  }
}
