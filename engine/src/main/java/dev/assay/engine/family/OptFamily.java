package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.FeedForwardSpec.Activation;
import dev.assay.engine.model.Inspected;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelModule;
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

/** OPT: learned positions, ReLU (Zhang et al. 2022). */
public final class OptFamily implements Family {
  /** Row of the first position; those before it are for padding. */
  private static final int POSITION_OFFSET = 2;

  @Override
  public String modelType() {
    return "opt";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    int hidden = config.integer("hidden_size");
    int layers = config.integer("num_hidden_layers");
    int heads = config.integer("num_attention_heads");
    boolean before = config.flag("do_layer_norm_before", true);
    int width = config.integer("word_embed_proj_dim", hidden);
    Activation activation =
        Activation.of("activation_function", config.text("activation_function", "relu"));
    StackShape spec =
        new StackShape(
            new StackSpec(
                config.integer("vocab_size"),
                hidden,
                config.positions("max_position_embeddings", 2048),
                new NormSpec(NormSpec.Kind.LAYER, 1e-5),
                before ? Residual.PRE : Residual.POST,
                new Positions.Learned(POSITION_OFFSET),
                new EmbeddingSpec(width, 1),
                HeadSpec.plain(config.flag("tie_word_embeddings", true))),
            layers,
            AttentionSpec.causal(heads, heads, config.headDimension(hidden, heads)),
            FeedForwardSpec.dense(config.integer("ffn_dim"), activation, false));
    return ModelSpec.causal(
        modelType(),
        spec,
        names(before && !config.flag("_remove_final_layer_norm", false), width != hidden),
        layout(spec, config.flag("enable_bias", true)));
  }

  private static TensorNames names(boolean finalNorm, boolean projected) {
    TensorNames names =
        TensorNames.of(
                "model.decoder.embed_tokens",
                "model.decoder.layers",
                "model.decoder.final_layer_norm",
                "lm_head")
            .with(ModelModule.POSITIONS, "model.decoder.embed_positions");
    if (projected) {
      names =
          names
              .with(ModelModule.PROJECT_IN, "model.decoder.project_in")
              .with(ModelModule.PROJECT_OUT, "model.decoder.project_out");
    }
    return finalNorm ? names : names.without(ModelModule.FINAL_NORM);
  }

  private static LayerLayout layout(StackShape spec, boolean biased) {
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    long width = spec.queryWidth();
    return LayerLayout.of(
        spec,
        Map.of(
            LayerModule.ATTENTION_NORM, "self_attn_layer_norm",
            LayerModule.FEED_FORWARD_NORM, "final_layer_norm"),
        List.of(
            LinearGroup.queriesKeysValues(
                Linear.of("self_attn.q_proj", width, hidden, biased),
                Linear.of("self_attn.k_proj", width, hidden, biased),
                Linear.of("self_attn.v_proj", width, hidden, biased)),
            LinearGroup.of(Linear.of("self_attn.out_proj", hidden, width, biased)),
            LinearGroup.of(Linear.of("fc1", inner, hidden, biased)),
            LinearGroup.of(Linear.of("fc2", hidden, inner, biased))),
        // As the AWQ code does.
        Map.of(LayerModule.FEED_FORWARD_NORM, Inspected.LINEARS));
  }
}
