package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.FeedForwardSpec.Activation;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.StackShape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Mixtral: Mistral with several experts a layer (Jiang et al. 2024). */
public final class MixtralFamily implements Family {
  @Override
  public String modelType() {
    return "mixtral";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    FeedForwardSpec experts =
        new FeedForwardSpec(
            config.integer("intermediate_size"),
            Activation.of("hidden_act", config.text("hidden_act", "silu")),
            true,
            config.integer("num_local_experts", 8),
            config.integer("num_experts_per_tok", 2));
    StackShape plain = LlamaShape.read(config, experts);
    StackShape spec = plain.withWindows(Windows.everywhere(config, plain.layers()));
    return ModelSpec.causal(modelType(), spec, LlamaLayers.NAMES, layout(spec));
  }

  private static LayerLayout layout(StackShape spec) {
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    Map<LayerModule, String> modules = new EnumMap<>(LlamaLayers.NORMS);
    modules.put(LayerModule.ROUTER, "block_sparse_moe.gate");
    List<LinearGroup> groups = new ArrayList<>();
    groups.add(LlamaLayers.attentionInput(spec, false));
    groups.add(LlamaLayers.attentionOutput(spec, false));
    for (int expert = 0; expert < spec.feedForward().experts(); expert++) {
      String prefix = "block_sparse_moe.experts." + expert + ".";
      groups.add(
          LinearGroup.of(
              Linear.of(prefix + "w1", inner, hidden, false),
              Linear.of(prefix + "w3", inner, hidden, false)));
      groups.add(LinearGroup.of(Linear.of(prefix + "w2", hidden, inner, false)));
    }
    return LayerLayout.of(spec, modules, groups);
  }
}
