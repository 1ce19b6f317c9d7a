package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.FeedForwardSpec.Activation;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.Residual;
import dev.assay.engine.model.RowBlocks;
import dev.assay.engine.model.StackShape;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.model.StackSpec.EmbeddingSpec;
import dev.assay.engine.model.StackSpec.HeadSpec;
import dev.assay.engine.model.TensorNames;
import java.util.List;
import java.util.Map;

/** GPT-2: learned positions, linears stored as [in, out] (Radford et al. 2019). */
public final class Gpt2Family implements Family {
  @Override
  public String modelType() {
    return "gpt2";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    int hidden = config.either("n_embd", "hidden_size");
    int layers = config.either("n_layer", "num_hidden_layers");
    int heads = config.either("n_head", "num_attention_heads");
    config.require("scale_attn_weights", "true", "true");
    config.require("scale_attn_by_inverse_layer_idx", "false", "false");
    Activation activation =
        Activation.of("activation_function", config.text("activation_function", "gelu_new"));
    StackShape spec =
        new StackShape(
            new StackSpec(
                config.integer("vocab_size"),
                hidden,
                config.positions(
                    config.present("n_positions") ? "n_positions" : "max_position_embeddings"),
                new NormSpec(NormSpec.Kind.LAYER, config.number("layer_norm_epsilon", 1e-5)),
                Residual.PRE,
                new Positions.Learned(0),
                new EmbeddingSpec(hidden, 1),
                HeadSpec.plain(config.flag("tie_word_embeddings", true))),
            layers,
            AttentionSpec.causal(heads, heads, config.headDimension(hidden, heads)),
            FeedForwardSpec.dense(
                config.integer("n_inner", Configuration.times(4, hidden)), activation, false));
    TensorNames names =
        TensorNames.of("transformer.wte", "transformer.h", "transformer.ln_f", "lm_head")
            .with(ModelModule.POSITIONS, "transformer.wpe");
    return ModelSpec.causal(modelType(), spec, names, layout(spec));
  }

  private static LayerLayout layout(StackShape spec) {
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    long width = spec.queryWidth();
    Linear attention = Linear.of("attn.c_attn", 3 * width, hidden, true).asTransposed();
    return LayerLayout.of(
        spec,
        Map.of(LayerModule.ATTENTION_NORM, "ln_1", LayerModule.FEED_FORWARD_NORM, "ln_2"),
        List.of(
            LinearGroup.queriesKeysValues(
                attention.part("q", RowBlocks.run(0, width)),
                attention.part("k", RowBlocks.run(width, width)),
                attention.part("v", RowBlocks.run(2 * width, width))),
            LinearGroup.of(Linear.of("attn.c_proj", hidden, width, true).asTransposed()),
            LinearGroup.of(Linear.of("mlp.c_fc", inner, hidden, true).asTransposed()),
            LinearGroup.of(Linear.of("mlp.c_proj", hidden, inner, true).asTransposed())));
  }
}
