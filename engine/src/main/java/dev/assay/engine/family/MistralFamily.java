package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.DecoderSpec;

/** Mistral: LLaMA with a sliding window (Jiang et al. 2023). */
public final class MistralFamily implements Family {
  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public Architecture architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    DecoderSpec plain = LlamaShape.read(config);
    DecoderSpec spec =
        plain.with(plain.attention().withWindows(Windows.everywhere(config, plain.layers())));
    return Architecture.causal(
        modelType(),
        spec,
        LlamaLayers.NAMES,
        LlamaLayers.layout(spec, LlamaLayers.NORMS, false, false, false));
  }
}
