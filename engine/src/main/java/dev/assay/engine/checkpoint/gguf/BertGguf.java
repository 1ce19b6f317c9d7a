package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * BERT. llama.cpp has the encoder and the classifier behind the pooler; a head that fills gaps is
 * in no file.
 */
final class BertGguf implements GgufArchitecture {
  private static final String LAYER = "bert.encoder.layer.{N}.";
  private static final String TYPES = "tokenizer.ggml.token_type_count";
  private static final LayerNormKeys.Names NAMES =
      new LayerNormKeys.Names(
          "max_position_embeddings",
          "hidden_size",
          "num_hidden_layers",
          "intermediate_size",
          "num_attention_heads",
          "layer_norm_eps");

  private final LayerNormKeys keys = new LayerNormKeys("bert");

  @Override
  public String name() {
    return "bert";
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
    return List.of(
        same("token_embd", "bert.embeddings.word_embeddings"),
        same("token_types", "bert.embeddings.token_type_embeddings"),
        same("position_embd", "bert.embeddings.position_embeddings"),
        same("token_embd_norm", "bert.embeddings.LayerNorm"),
        same("cls", "bert.pooler.dense"),
        same("cls.output", "classifier"),
        same("blk.{N}.attn_q", LAYER + "attention.self.query"),
        same("blk.{N}.attn_k", LAYER + "attention.self.key"),
        same("blk.{N}.attn_v", LAYER + "attention.self.value"),
        same("blk.{N}.attn_output", LAYER + "attention.output.dense"),
        same("blk.{N}.attn_output_norm", LAYER + "attention.output.LayerNorm"),
        same("blk.{N}.ffn_up", LAYER + "intermediate.dense"),
        same("blk.{N}.ffn_down", LAYER + "output.dense"),
        same("blk.{N}.layer_output_norm", LAYER + "output.LayerNorm"));
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, name(), "BertForSequenceClassification", NAMES);
    config.put("type_vocab_size", file.has(TYPES) ? file.whole(TYPES) : 2);
    config.put("hidden_act", "gelu");
    config.remove("tie_word_embeddings");
    file.tensor("cls.output.weight")
        .ifPresent(
            classes -> {
              ObjectNode labels = config.putObject("id2label");
              for (int label = 0; label < classes.shape()[0]; label++) {
                labels.put(Integer.toString(label), "LABEL_" + label);
              }
            });
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(json);
    config.requireOneOf("hidden_act", "gelu", List.of("gelu"));
    config.requireOneOf("position_embedding_type", "absolute", List.of("absolute"));
    Map<String, GgufValue> metadata = keys.metadata(config, NAMES, 512, 0);
    metadata.put(
        keys.full("attention.layer_norm_epsilon"),
        GgufValue.float32(config.real(NAMES.epsilon(), 1e-12)));
    metadata.put(keys.full("attention.causal"), new GgufValue.Flag(false));
    metadata.put(TYPES, GgufValue.uint32(config.whole("type_vocab_size", 2)));
    return metadata;
  }
}
