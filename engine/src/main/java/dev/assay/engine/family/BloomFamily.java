package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.Alibi;
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

/** BLOOM: linear biases of attention, a norm of the embedding (Scao et al. 2022). */
public final class BloomFamily implements Family {
  @Override
  public String modelType() {
    return "bloom";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    int hidden = config.either("hidden_size", "n_embed");
    int layers = config.either("n_layer", "num_hidden_layers");
    int heads = config.either("n_head", "num_attention_heads");
    config.require("apply_residual_connection_post_layernorm", "false", "false");
    StackShape spec =
        new StackShape(
            new StackSpec(
                config.integer("vocab_size"),
                hidden,
                config.positions("seq_length", 2048),
                new NormSpec(NormSpec.Kind.LAYER, config.number("layer_norm_epsilon", 1e-5)),
                Residual.PRE,
                new Positions.Linear(new Alibi(heads, 1, false)),
                new EmbeddingSpec(hidden, 1),
                HeadSpec.plain(config.flag("tie_word_embeddings", true))),
            layers,
            AttentionSpec.causal(heads, heads, config.headDimension(hidden, heads)),
            FeedForwardSpec.dense(
                config.integer(LayerShapes.WIDTH, Configuration.times(4, hidden)),
                Activation.GELU_TANH,
                false));
    TensorNames names =
        TensorNames.of(
                "transformer.word_embeddings", "transformer.h", "transformer.ln_f", "lm_head")
            .with(ModelModule.EMBEDDING_NORM, "transformer.word_embeddings_layernorm");
    return ModelSpec.causal(modelType(), spec, names, layout(spec));
  }

  private static LayerLayout layout(StackShape spec) {
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    return LayerLayout.of(
        spec,
        Map.of(
            LayerModule.ATTENTION_NORM, "input_layernorm",
            LayerModule.FEED_FORWARD_NORM, "post_attention_layernorm",
            LayerModule.ACTIVATION, "mlp.gelu_impl"),
        List.of(
            PerHead.queriesKeysValues(spec, "self_attention.query_key_value", true),
            LinearGroup.of(Linear.of("self_attention.dense", hidden, spec.queryWidth(), true)),
            LinearGroup.of(Linear.of("mlp.dense_h_to_4h", inner, hidden, true)),
            LinearGroup.of(Linear.of("mlp.dense_4h_to_h", hidden, inner, true))),
        // As the AWQ code does.
        Map.of(
            LayerModule.ATTENTION_NORM,
            Inspected.LAYER,
            LayerModule.FEED_FORWARD_NORM,
            Inspected.LAYER));
  }
}
