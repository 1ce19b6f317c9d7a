package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.DecoderSpec;
import dev.assay.engine.model.Inspected;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.Source;
import dev.assay.engine.model.TensorNames;
import java.util.List;

/** LLaMA 1 to 3 and whatever shares the architecture (Touvron et al. 2023, Grattafiori 2024). */
public final class LlamaFamily implements Family {
  private static final String NORM_IN = "input_layernorm";
  private static final String NORM_MLP = "post_attention_layernorm";

  private static final TensorNames NAMES =
      new TensorNames("model.embed_tokens", "model.layers", "model.norm", "lm_head");

  private static final LayerLayout LAYOUT =
      new LayerLayout(
          new LinearGroup(
              List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
              new Source.Norm(NORM_IN),
              Inspected.ATTENTION),
          new LinearGroup(
              List.of("self_attn.o_proj"),
              new Source.Linear("self_attn.v_proj"),
              Inspected.LINEARS),
          new LinearGroup(
              List.of("mlp.gate_proj", "mlp.up_proj"),
              new Source.Norm(NORM_MLP),
              Inspected.FEED_FORWARD),
          new LinearGroup(
              List.of("mlp.down_proj"), new Source.Linear("mlp.up_proj"), Inspected.LINEARS),
          NORM_IN,
          NORM_MLP);

  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public Architecture architecture(JsonNode config) {
    return new Architecture(modelType(), spec(new Configuration(config)), NAMES, LAYOUT);
  }

  private static DecoderSpec spec(Configuration config) {
    String activation = config.text("hidden_act", "silu");
    if (!activation.equals("silu")) {
      throw new IllegalArgumentException("hidden_act: found '" + activation + "', expected silu");
    }
    int heads = config.integer("num_attention_heads");
    int hidden = config.integer("hidden_size");
    int headDimension = config.integer("head_dim", hidden / heads);
    return new DecoderSpec(
        config.integer("vocab_size"),
        hidden,
        config.integer("num_hidden_layers"),
        heads,
        config.integer("num_key_value_heads", heads),
        headDimension,
        config.integer("intermediate_size"),
        config.integer("max_position_embeddings", 2048),
        config.number("rms_norm_eps", 1e-6),
        RopeConfiguration.read(config, headDimension),
        config.flag("tie_word_embeddings", false));
  }
}
