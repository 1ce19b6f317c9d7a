package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.RowBlocks;
import dev.assay.engine.model.StackShape;
import java.util.List;

/** Phi-3: LLaMA with fused projections and a sliding window (Abdin et al. 2024). */
public final class Phi3Family implements Family {
  @Override
  public String modelType() {
    return "phi3";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    StackShape plain = LlamaShape.read(config);
    StackShape spec = plain.withWindows(Windows.everywhere(config, plain.layers()));
    return ModelSpec.causal(modelType(), spec, LlamaLayers.NAMES, layout(spec));
  }

  private static LayerLayout layout(StackShape spec) {
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    long queries = spec.queryWidth();
    long keys = spec.keyValueWidth();
    Linear attention = Linear.of("self_attn.qkv_proj", queries + 2 * keys, hidden, false);
    Linear gateUp = Linear.of("mlp.gate_up_proj", 2 * inner, hidden, false);
    return LayerLayout.of(
        spec,
        LlamaLayers.NORMS,
        List.of(
            LinearGroup.queriesKeysValues(
                attention.part("q", RowBlocks.run(0, queries)),
                attention.part("k", RowBlocks.run(queries, keys)),
                attention.part("v", RowBlocks.run(queries + keys, keys))),
            LlamaLayers.attentionOutput(spec, false),
            LinearGroup.of(
                gateUp.part("gate", RowBlocks.run(0, inner)),
                gateUp.part("up", RowBlocks.run(inner, inner))),
            LinearGroup.of(Linear.of("mlp.down_proj", hidden, inner, false))));
  }
}
