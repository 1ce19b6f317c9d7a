package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Qwen 3: as Qwen 2, with a norm of each head's queries and keys. */
final class Qwen3Gguf implements GgufArchitecture {
  private static final String HEAD = "head_dim";

  private final DecoderKeys keys = new DecoderKeys("qwen3");

  @Override
  public String name() {
    return "qwen3";
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
    List<TensorMapping> modules = new ArrayList<>(new Qwen2Gguf().modules(config));
    modules.add(same("blk.{N}.attn_q_norm", "model.layers.{N}.self_attn.q_norm"));
    modules.add(same("blk.{N}.attn_k_norm", "model.layers.{N}.self_attn.k_norm"));
    return modules;
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, name(), "Qwen3ForCausalLM");
    keys.readScaling(file, config);
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ObjectNode config = json.deepCopy();
    if (!json.hasNonNull(HEAD)) {
      config.put(HEAD, 128);
    }
    Qwen2Gguf.requireNoWindow(new ModelConfig(config));
    Map<String, GgufValue> metadata = keys.metadataOfSilu(config);
    // Readers take the head's size from these, never from the quotient.
    keys.put(metadata, "attention.key_length", config.get(HEAD).longValue());
    keys.put(metadata, "attention.value_length", config.get(HEAD).longValue());
    keys.writeScaling(config, metadata);
    return metadata;
  }
}
