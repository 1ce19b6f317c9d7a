package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.ModelSpec;
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
    Map<LayerModule, String> modules = new EnumMap<>(LlamaLayers.NORMS);
    modules.put(LayerModule.QUERY_NORM, "self_attn.q_norm");
    modules.put(LayerModule.KEY_NORM, "self_attn.k_norm");
    return ModelSpec.causal(
        modelType(),
        spec,
        LlamaLayers.NAMES,
        LlamaLayers.layout(spec, modules, biased, biased, false));
  }
}
