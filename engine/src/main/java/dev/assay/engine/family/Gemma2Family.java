package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.FeedForwardSpec.Activation;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.Residual;
import dev.assay.engine.model.StackShape;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.model.StackSpec.EmbeddingSpec;
import dev.assay.engine.model.StackSpec.HeadSpec;
import java.util.Map;

/** Gemma 2: capped scores, alternating windows, norms around each part (Riviere et al. 2024). */
public final class Gemma2Family implements Family {
  private static final Map<LayerModule, String> NORMS =
      Map.of(
          LayerModule.ATTENTION_NORM, "input_layernorm",
          LayerModule.POST_ATTENTION_NORM, "post_attention_layernorm",
          LayerModule.FEED_FORWARD_NORM, "pre_feedforward_layernorm",
          LayerModule.POST_FEED_FORWARD_NORM, "post_feedforward_layernorm");

  @Override
  public String modelType() {
    return "gemma2";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    if (!config.present("head_dim")) {
      config = config.with("head_dim", 256);
    }
    int layers = config.integer("num_hidden_layers");
    int hidden = config.integer("hidden_size");
    String activation =
        config.text("hidden_activation", config.text("hidden_act", "gelu_pytorch_tanh"));
    StackShape plain =
        LlamaShape.read(
            config,
            FeedForwardSpec.dense(
                config.integer("intermediate_size"),
                Activation.of("hidden_activation", activation),
                true));
    double scale = 1 / Math.sqrt(config.number("query_pre_attn_scalar", 256));
    StackShape spec =
        new StackShape(
            new StackSpec(
                plain.vocabularySize(),
                hidden,
                config.positions("max_position_embeddings", 8192),
                new NormSpec(NormSpec.Kind.RMS_PLUS_ONE, config.number("rms_norm_eps", 1e-6)),
                Residual.SANDWICH,
                plain.positions(),
                new EmbeddingSpec(hidden, Math.sqrt(hidden)),
                new HeadSpec(
                    config.flag("tie_word_embeddings", true),
                    false,
                    1,
                    cap(config, "final_logit_softcapping", 30))),
            plain.attention().withScores(scale, cap(config, "attn_logit_softcapping", 50)),
            plain.feedForward(),
            Windows.alternating(config, layers, 4096));
    boolean biased = config.flag("attention_bias", false);
    return ModelSpec.causal(
        modelType(),
        spec,
        LlamaLayers.NAMES,
        LlamaLayers.layout(spec, NORMS, biased, LlamaLayers.outputBias(config), false));
  }

  /** An explicit null switches a cap off. */
  private static double cap(Configuration config, String key, double otherwise) {
    return config.json().has(key) && !config.present(key) ? 0 : config.number(key, otherwise);
  }
}
