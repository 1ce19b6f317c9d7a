package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.StackShape;

/** Mistral: LLaMA with a sliding window (Jiang et al. 2023). */
public final class MistralFamily implements Family {
  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    StackShape plain = LlamaShape.read(config);
    StackShape spec = plain.withWindows(Windows.everywhere(config, plain.layers()));
    return ModelSpec.causal(
        modelType(),
        spec,
        LlamaLayers.NAMES,
        LlamaLayers.layout(spec, LlamaLayers.NORMS, false, false, false));
  }
}
