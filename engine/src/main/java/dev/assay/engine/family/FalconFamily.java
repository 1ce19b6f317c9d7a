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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Falcon, old and new decoder (Almazrouei et al. 2023). */
public final class FalconFamily implements Family {
  private static final String QUERY_KEY_VALUE = "self_attention.query_key_value";

  @Override
  public String modelType() {
    return "falcon";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    int hidden = config.integer("hidden_size");
    int layers = config.either("num_hidden_layers", "n_layer");
    int heads = config.either("num_attention_heads", "n_head");
    boolean newDecoder = config.flag("new_decoder_architecture", false);
    boolean multiQuery = config.flag("multi_query", true);
    int keyValueHeads =
        newDecoder
            ? config.integer("num_kv_heads", config.integer("n_head_kv", heads))
            : multiQuery ? 1 : heads;
    int headDimension = config.headDimension(hidden, heads);
    // What is added to the scores is scaled with them.
    Positions positions =
        config.flag("alibi", false)
            ? new Positions.Linear(new Alibi(heads, 1 / Math.sqrt(headDimension), true))
            : new Positions.Rotary(RopeConfiguration.read(config, headDimension));
    Activation activation = Activation.of("activation", config.text("activation", "gelu"));
    Residual residual = residual(config, newDecoder);
    StackShape spec =
        new StackShape(
            new StackSpec(
                config.integer("vocab_size"),
                hidden,
                config.positions("max_position_embeddings", 2048),
                new NormSpec(NormSpec.Kind.LAYER, config.number("layer_norm_epsilon", 1e-5)),
                residual,
                positions,
                new EmbeddingSpec(hidden, 1),
                HeadSpec.plain(config.flag("tie_word_embeddings", true))),
            layers,
            AttentionSpec.causal(heads, keyValueHeads, headDimension),
            FeedForwardSpec.dense(
                config.integer("ffn_hidden_size", Configuration.times(4, hidden)),
                activation,
                false));
    TensorNames names =
        TensorNames.of(
            "transformer.word_embeddings", "transformer.h", "transformer.ln_f", "lm_head");
    return ModelSpec.causal(
        modelType(),
        spec,
        names,
        layout(spec, newDecoder || !multiQuery, config.flag("bias", false)));
  }

  private static Residual residual(Configuration config, boolean newDecoder) {
    if (newDecoder && config.integer("num_ln_in_parallel_attn", 2) == 2) {
      return Residual.PARALLEL_NORMS;
    }
    return newDecoder || config.flag("parallel_attn", true) ? Residual.PARALLEL : Residual.PRE;
  }

  private static LayerLayout layout(StackShape spec, boolean grouped, boolean biased) {
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    return LayerLayout.of(
        spec,
        module(spec.residual()),
        List.of(
            grouped
                ? PerHead.queriesKeysValues(spec, QUERY_KEY_VALUE, biased)
                : oneAfterTheOther(spec, biased),
            LinearGroup.of(Linear.of("self_attention.dense", hidden, spec.queryWidth(), biased)),
            LinearGroup.of(Linear.of("mlp.dense_h_to_4h", inner, hidden, biased)),
            LinearGroup.of(Linear.of("mlp.dense_4h_to_h", hidden, inner, biased))),
        // As the AWQ code does.
        Map.of(
            LayerModule.ATTENTION_NORM,
            Inspected.LAYER,
            LayerModule.FEED_FORWARD_NORM,
            Inspected.LAYER));
  }

  private static Map<LayerModule, String> module(Residual residual) {
    Map<LayerModule, String> modules = new EnumMap<>(Map.of(LayerModule.ACTIVATION, "mlp.act"));
    modules.putAll(
        switch (residual) {
          case PARALLEL_NORMS ->
              Map.of(
                  LayerModule.ATTENTION_NORM, "ln_attn", LayerModule.FEED_FORWARD_NORM, "ln_mlp");
          case PARALLEL -> Map.of(LayerModule.ATTENTION_NORM, "input_layernorm");
          default ->
              Map.of(
                  LayerModule.ATTENTION_NORM, "input_layernorm",
                  LayerModule.FEED_FORWARD_NORM, "post_attention_layernorm");
        });
    return modules;
  }

  private static LinearGroup oneAfterTheOther(StackShape spec, boolean biased) {
    long queries = spec.queryWidth();
    long keys = spec.keyValueWidth();
    Linear fused = Linear.of(QUERY_KEY_VALUE, queries + 2 * keys, spec.hiddenSize(), biased);
    return LinearGroup.queriesKeysValues(
        fused.part("q", RowBlocks.run(0, queries)),
        fused.part("k", RowBlocks.run(queries, keys)),
        fused.part("v", RowBlocks.run(queries + keys, keys)));
  }
}
