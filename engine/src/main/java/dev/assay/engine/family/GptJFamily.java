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
import dev.assay.engine.model.Rope;
import dev.assay.engine.model.RopeScaling;
import dev.assay.engine.model.StackShape;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.model.StackSpec.EmbeddingSpec;
import dev.assay.engine.model.StackSpec.HeadSpec;
import dev.assay.engine.model.TensorNames;
import java.util.List;
import java.util.Map;

/** GPT-J: rotary positions on neighbours, parallel parts (Wang and Komatsuzaki 2021). */
public final class GptJFamily implements Family {
  private static final double THETA = 10_000;

  @Override
  public String modelType() {
    return "gptj";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    int hidden = config.either("n_embd", "hidden_size");
    int layers = config.either("n_layer", "num_hidden_layers");
    int heads = config.either("n_head", "num_attention_heads");
    Activation activation =
        Activation.of("activation_function", config.text("activation_function", "gelu_new"));
    int turning = config.integer("rotary_dim", 64);
    if (turning > config.headDimension(hidden, heads)) {
      throw new IllegalArgumentException(
          "rotary_dim: found %d, expected at most the %d dimensions of a head"
              .formatted(turning, config.headDimension(hidden, heads)));
    }
    Rope rope = new Rope(THETA, turning, new RopeScaling.None(), Rope.Pairs.NEIGHBOURS);
    StackShape spec =
        new StackShape(
            new StackSpec(
                config.integer("vocab_size"),
                hidden,
                config.positions(
                    config.present("n_positions") ? "n_positions" : "max_position_embeddings"),
                new NormSpec(NormSpec.Kind.LAYER, config.number("layer_norm_epsilon", 1e-5)),
                Residual.PARALLEL,
                new Positions.Rotary(rope),
                new EmbeddingSpec(hidden, 1),
                new HeadSpec(config.flag("tie_word_embeddings", false), true, 1, 0)),
            layers,
            AttentionSpec.causal(heads, heads, config.headDimension(hidden, heads)),
            FeedForwardSpec.dense(
                config.integer("n_inner", Configuration.times(4, hidden)), activation, false));
    TensorNames names =
        TensorNames.of("transformer.wte", "transformer.h", "transformer.ln_f", "lm_head");
    return ModelSpec.causal(modelType(), spec, names, layout(spec));
  }

  private static LayerLayout layout(StackShape spec) {
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    long width = spec.queryWidth();
    return LayerLayout.of(
        spec,
        Map.of(LayerModule.ATTENTION_NORM, "ln_1", LayerModule.ACTIVATION, "mlp.act"),
        List.of(
            LinearGroup.queriesKeysValues(
                Linear.of("attn.q_proj", width, hidden, false),
                Linear.of("attn.k_proj", width, hidden, false),
                Linear.of("attn.v_proj", width, hidden, false)),
            LinearGroup.of(Linear.of("attn.out_proj", hidden, width, false)),
            LinearGroup.of(Linear.of("mlp.fc_in", inner, hidden, true)),
            LinearGroup.of(Linear.of("mlp.fc_out", hidden, inner, true))));
  }
}
