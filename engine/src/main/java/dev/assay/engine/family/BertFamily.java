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
import java.util.List;
import java.util.Map;

/** BERT, for filling gaps and for classes (Devlin et al. 2019). */
public final class BertFamily implements Family {
  @Override
  public String modelType() {
    return "bert";
  }

  @Override
  public ModelSpec architecture(JsonNode json) {
    Configuration config = new Configuration(json);
    config.require("position_embedding_type", "absolute", "absolute");
    int hidden = config.integer("hidden_size");
    int layers = config.integer("num_hidden_layers");
    int heads = config.integer("num_attention_heads");
    boolean classifier =
        config.texts("architectures").stream()
            .anyMatch(name -> name.endsWith("ForSequenceClassification"));
    StackShape spec =
        new StackShape(
            new StackSpec(
                config.integer("vocab_size"),
                hidden,
                config.positions("max_position_embeddings", 512),
                new NormSpec(NormSpec.Kind.LAYER, config.number("layer_norm_eps", 1e-12)),
                Residual.POST,
                new Positions.Learned(0),
                new EmbeddingSpec(hidden, 1, config.integer("type_vocab_size", 2)),
                HeadSpec.plain(!classifier)),
            layers,
            AttentionSpec.causal(heads, heads, config.headDimension(hidden, heads)).bidirectional(),
            FeedForwardSpec.dense(
                config.integer("intermediate_size"),
                Activation.of("hidden_act", config.text("hidden_act", "gelu")),
                false));
    TensorNames names =
        new TensorNames(
            "bert.encoder.layer",
            Map.of(
                ModelModule.EMBEDDING, "bert.embeddings.word_embeddings",
                ModelModule.POSITIONS, "bert.embeddings.position_embeddings",
                ModelModule.TOKEN_TYPES, "bert.embeddings.token_type_embeddings",
                ModelModule.EMBEDDING_NORM, "bert.embeddings.LayerNorm"));
    return new ModelSpec(
        modelType(),
        classifier ? ModelSpec.Kind.CLASSIFIER : ModelSpec.Kind.MASKED,
        List.of(spec.stack(names, layout(spec))),
        0);
  }

  private static LayerLayout layout(StackShape spec) {
    long hidden = spec.hiddenSize();
    long inner = spec.feedForward().intermediateSize();
    long width = spec.queryWidth();
    return LayerLayout.of(
        spec,
        Map.of(
            LayerModule.ATTENTION_NORM, "attention.output.LayerNorm",
            LayerModule.FEED_FORWARD_NORM, "output.LayerNorm"),
        List.of(
            LinearGroup.queriesKeysValues(
                Linear.of("attention.self.query", width, hidden, true),
                Linear.of("attention.self.key", width, hidden, true),
                Linear.of("attention.self.value", width, hidden, true)),
            LinearGroup.of(Linear.of("attention.output.dense", hidden, width, true)),
            LinearGroup.of(Linear.of("intermediate.dense", inner, hidden, true)),
            LinearGroup.of(Linear.of("output.dense", hidden, inner, true))));
  }
}
