package dev.assay.engine.family;

import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.FeedForwardSpec.Activation;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.Residual;
import dev.assay.engine.model.StackShape;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.model.StackSpec.EmbeddingSpec;
import dev.assay.engine.model.StackSpec.HeadSpec;

/** Reads the keys that LLaMA's configuration shares with those of many families. */
final class LlamaShape {
  private LlamaShape() {}

  static StackShape read(Configuration config) {
    return read(
        config,
        FeedForwardSpec.dense(
            config.integer("intermediate_size"),
            Activation.of("hidden_act", config.text("hidden_act", "silu")),
            true));
  }

  /** The same with another feed-forward. */
  static StackShape read(Configuration config, FeedForwardSpec feedForward) {
    int heads = config.integer("num_attention_heads");
    int hidden = config.integer("hidden_size");
    int layers = config.integer("num_hidden_layers");
    int headDimension =
        config.present("head_dim")
            ? config.integer("head_dim")
            : config.headDimension(hidden, heads);
    AttentionSpec attention =
        AttentionSpec.causal(heads, config.integer("num_key_value_heads", heads), headDimension);
    return new StackShape(
        new StackSpec(
            config.integer("vocab_size"),
            hidden,
            config.positions("max_position_embeddings", 2048),
            new NormSpec(NormSpec.Kind.RMS, config.number("rms_norm_eps", 1e-6)),
            Residual.PRE,
            new Positions.Rotary(RopeConfiguration.read(config, headDimension)),
            new EmbeddingSpec(hidden, 1),
            HeadSpec.plain(config.flag("tie_word_embeddings", false))),
        layers,
        attention,
        feedForward);
  }
}
