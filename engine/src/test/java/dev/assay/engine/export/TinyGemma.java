package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Gemma 2 checkpoint of one layer: norms of 0.25, matrices of 0.5. */
final class TinyGemma {
  private static final String CONFIG =
      """
      {"architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "vocab_size": 32,
       "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1,
       "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 24,
       "max_position_embeddings": 64, "rms_norm_eps": 1.0E-6, "rope_theta": 10000.0,
       "hidden_act": "gelu_pytorch_tanh", "hidden_activation": "gelu_pytorch_tanh",
       "tie_word_embeddings": true, "sliding_window": 16, "attn_logit_softcapping": 50.0,
       "final_logit_softcapping": 30.0, "query_pre_attn_scalar": 24}
      """;

  private TinyGemma() {}

  static Checkpoint write(TorchSession torch, Path target) throws IOException {
    Path source = Files.createDirectories(target.resolveSibling("gemma-config"));
    Files.writeString(source.resolve("config.json"), CONFIG);
    try (NDManager scope = torch.manager().newSubManager();
        CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      norm(writer, scope, "model.norm");
      matrix(writer, scope, "model.embed_tokens", 32, 32);
      String layer = "model.layers.0.";
      for (String norm :
          new String[] {
            "input_layernorm",
            "post_attention_layernorm",
            "pre_feedforward_layernorm",
            "post_feedforward_layernorm"
          }) {
        norm(writer, scope, layer + norm);
      }
      matrix(writer, scope, layer + "self_attn.q_proj", 48, 32);
      matrix(writer, scope, layer + "self_attn.k_proj", 24, 32);
      matrix(writer, scope, layer + "self_attn.v_proj", 24, 32);
      matrix(writer, scope, layer + "self_attn.o_proj", 32, 48);
      matrix(writer, scope, layer + "mlp.gate_proj", 64, 32);
      matrix(writer, scope, layer + "mlp.up_proj", 64, 32);
      matrix(writer, scope, layer + "mlp.down_proj", 32, 64);
      writer.finish(configured(source), "float32");
    }
    return Checkpoint.open(target);
  }

  /** A checkpoint needs weights to be opened. */
  private static Checkpoint configured(Path source) throws IOException {
    Files.write(source.resolve("model.safetensors"), new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
    return Checkpoint.open(source);
  }

  private static void norm(CheckpointWriter writer, NDManager scope, String name) {
    NDArray values = scope.ones(new Shape(32)).mul(0.25f);
    writer.put(name + ".weight", values);
  }

  private static void matrix(
      CheckpointWriter writer, NDManager scope, String name, int rows, int columns) {
    NDArray values = scope.ones(new Shape(rows, columns)).mul(0.5f);
    writer.put(name + ".weight", values);
  }
}
