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
import dev.assay.engine.model.StackShape;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.model.StackSpec.EmbeddingSpec;
import dev.assay.engine.model.StackSpec.HeadSpec;
import dev.assay.engine.model.TensorNames;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** T5 and T5 v1.1, encoder and decoder (Raffel et al. 2020). */
public final class T5Family implements Family {
  private static final String GATED = "gated-";

  @Override
  public String modelType() {
    return "t5";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    int hidden = config.integer("d_model");
    boolean tied = config.flag("tie_word_embeddings", true);
    int encoderLayers = config.integer("num_layers");
    StackShape decoder =
        spec(
            config,
            config.integer("num_decoder_layers", encoderLayers),
            true,
            new HeadSpec(tied, false, tied ? 1 / Math.sqrt(hidden) : 1, 0));
    StackShape encoder = spec(config, encoderLayers, false, HeadSpec.plain(false));
    int start = config.integer("decoder_start_token_id", 0);
    if (start < 0 || start >= decoder.vocabularySize()) {
      throw new IllegalArgumentException(
          "decoder_start_token_id: found %d, expected 0 to %d"
              .formatted(start, decoder.vocabularySize() - 1));
    }
    return new ModelSpec(
        modelType(),
        ModelSpec.Kind.ENCODER_DECODER,
        List.of(
            encoder.stack(names("encoder"), layout(encoder)),
            decoder.stack(names("decoder").with(ModelModule.HEAD, "lm_head"), layout(decoder))),
        start);
  }

  private static StackShape spec(Configuration config, int layers, boolean decoder, HeadSpec head) {
    int hidden = config.integer("d_model");
    int heads = config.integer("num_heads");
    String feedForward = config.text("feed_forward_proj", "relu");
    boolean gated = feedForward.startsWith(GATED);
    String activation = gated ? feedForward.substring(GATED.length()) : feedForward;
    AttentionSpec attention =
        AttentionSpec.causal(heads, heads, config.integer("d_kv", 64)).withScores(1, 0);
    return new StackShape(
        new StackSpec(
            config.integer("vocab_size"),
            hidden,
            config.positions("n_positions", 512),
            new NormSpec(NormSpec.Kind.RMS, config.number("layer_norm_epsilon", 1e-6)),
            decoder ? Residual.CROSS : Residual.PRE,
            new Positions.Relative(
                config.integer("relative_attention_num_buckets", 32),
                config.integer("relative_attention_max_distance", 128)),
            new EmbeddingSpec(hidden, 1),
            head),
        layers,
        decoder ? attention : attention.bidirectional(),
        FeedForwardSpec.dense(
            config.integer("d_ff"),
            // The gated variant means the approximation by the hyperbolic tangent.
            gated && activation.equals("gelu")
                ? Activation.GELU_TANH
                : Activation.of("feed_forward_proj", activation),
            gated));
  }

  private static TensorNames names(String stack) {
    return new TensorNames(
        stack + ".block",
        Map.of(
            ModelModule.EMBEDDING,
            "shared",
            ModelModule.FINAL_NORM,
            stack + ".final_layer_norm",
            ModelModule.RELATIVE_POSITIONS,
            stack + ".block.0.layer.0.SelfAttention.relative_attention_bias"));
  }

  private static LayerLayout layout(StackShape spec) {
    boolean decoder = spec.residual() == Residual.CROSS;
    String last = decoder ? "layer.2" : "layer.1";
    Map<LayerModule, String> modules = new EnumMap<>(LayerModule.class);
    modules.put(LayerModule.ATTENTION_NORM, "layer.0.layer_norm");
    modules.put(LayerModule.FEED_FORWARD_NORM, last + ".layer_norm");
    List<LinearGroup> groups = new ArrayList<>(selfAttention(spec));
    if (decoder) {
      modules.put(LayerModule.CROSS_NORM, "layer.1.layer_norm");
      groups.addAll(crossAttention(spec));
    }
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    String mlp = last + ".DenseReluDense.";
    groups.add(
        spec.feedForward().gated()
            ? LinearGroup.of(
                Linear.of(mlp + "wi_0", inner, hidden, false),
                Linear.of(mlp + "wi_1", inner, hidden, false))
            : LinearGroup.of(Linear.of(mlp + "wi", inner, hidden, false)));
    groups.add(LinearGroup.of(Linear.of(mlp + "wo", hidden, inner, false)));
    return LayerLayout.of(spec, modules, groups);
  }

  private static List<LinearGroup> selfAttention(StackShape spec) {
    String prefix = "layer.0.SelfAttention.";
    long hidden = spec.hiddenSize();
    long width = spec.queryWidth();
    return List.of(
        LinearGroup.queriesKeysValues(
            Linear.of(prefix + "q", width, hidden, false),
            Linear.of(prefix + "k", width, hidden, false),
            Linear.of(prefix + "v", width, hidden, false)),
        LinearGroup.of(Linear.of(prefix + "o", hidden, width, false)));
  }

  private static List<LinearGroup> crossAttention(StackShape spec) {
    String prefix = "layer.1.EncDecAttention.";
    long hidden = spec.hiddenSize();
    long width = spec.queryWidth();
    return List.of(
        LinearGroup.queries(Linear.of(prefix + "q", width, hidden, false)),
        LinearGroup.keysValues(
            Linear.of(prefix + "k", width, hidden, false),
            Linear.of(prefix + "v", width, hidden, false)),
        LinearGroup.of(Linear.of(prefix + "o", hidden, width, false)));
  }
}
