package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.StackShape;

/** Qwen2 and Qwen2.5: biases on queries, keys and values (Yang et al. 2024). */
public final class Qwen2Family implements Family {
  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    StackShape plain = LlamaShape.read(config);
    StackShape spec = plain.withWindows(Windows.upper(config, plain.layers()));
    return ModelSpec.causal(
        modelType(),
        spec,
        LlamaLayers.NAMES,
        LlamaLayers.layout(
            spec,
            LlamaLayers.NORMS,
            true,
            config.flag("attention_output_bias", false),
            config.flag("mlp_bias", false)));
  }
}
