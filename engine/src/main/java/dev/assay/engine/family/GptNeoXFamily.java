package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.FeedForwardSpec.Activation;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.Residual;
import dev.assay.engine.model.StackShape;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.model.StackSpec.EmbeddingSpec;
import dev.assay.engine.model.StackSpec.HeadSpec;
import dev.assay.engine.model.TensorNames;
import java.util.List;
import java.util.Map;

/** GPT-NeoX and Pythia: partly rotary, parallel parts (Black et al. 2022). */
public final class GptNeoXFamily implements Family {
  @Override
  public String modelType() {
    return "gpt_neox";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    int hidden = config.integer("hidden_size");
    int layers = config.integer("num_hidden_layers");
    int heads = config.integer("num_attention_heads");
    int headDimension = config.headDimension(hidden, heads);
    double share = config.number("rotary_pct", 0.25);
    double theta = config.number("rotary_emb_base", 10_000);
    StackShape spec =
        new StackShape(
            new StackSpec(
                config.integer("vocab_size"),
                hidden,
                config.positions("max_position_embeddings", 2048),
                new NormSpec(NormSpec.Kind.LAYER, config.number("layer_norm_eps", 1e-5)),
                config.flag("use_parallel_residual", true) ? Residual.PARALLEL_NORMS : Residual.PRE,
                new Positions.Rotary(RopeConfiguration.read(config, headDimension, share, theta)),
                new EmbeddingSpec(hidden, 1),
                HeadSpec.plain(config.flag("tie_word_embeddings", false))),
            layers,
            AttentionSpec.causal(heads, heads, headDimension),
            FeedForwardSpec.dense(
                config.integer("intermediate_size"),
                Activation.of("hidden_act", config.text("hidden_act", "gelu")),
                false));
    TensorNames names =
        TensorNames.of(
            "gpt_neox.embed_in", "gpt_neox.layers", "gpt_neox.final_layer_norm", "embed_out");
    return ModelSpec.causal(
        modelType(), spec, names, layout(spec, config.flag("attention_bias", true)));
  }

  private static LayerLayout layout(StackShape spec, boolean biased) {
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    return LayerLayout.of(
        spec,
        Map.of(
            LayerModule.ATTENTION_NORM, "input_layernorm",
            LayerModule.FEED_FORWARD_NORM, "post_attention_layernorm",
            LayerModule.ACTIVATION, "mlp.act"),
        List.of(
            PerHead.queriesKeysValues(spec, "attention.query_key_value", biased),
            LinearGroup.of(Linear.of("attention.dense", hidden, spec.queryWidth(), biased)),
            LinearGroup.of(Linear.of("mlp.dense_h_to_4h", inner, hidden, true)),
            LinearGroup.of(Linear.of("mlp.dense_4h_to_h", hidden, inner, true))));
  }
}
