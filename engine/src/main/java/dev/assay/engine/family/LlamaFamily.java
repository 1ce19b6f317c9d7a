package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.StackShape;

/** LLaMA 1 to 3 and whatever shares the architecture (Touvron et al. 2023, Grattafiori 2024). */
public final class LlamaFamily implements Family {
  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    StackShape spec = LlamaShape.read(config);
    boolean attentionBias = config.flag("attention_bias", false);
    boolean mlpBias = config.flag("mlp_bias", false);
    return ModelSpec.causal(
        modelType(),
        spec,
        LlamaLayers.NAMES,
        LlamaLayers.layout(
            spec, LlamaLayers.NORMS, attentionBias, LlamaLayers.outputBias(config), mlpBias));
  }
}
