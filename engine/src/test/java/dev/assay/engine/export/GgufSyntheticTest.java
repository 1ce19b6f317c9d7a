package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.synthetic.SyntheticCheckpoint;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Families without a golden model: what comes back from a file computes the same. */
class GgufSyntheticTest extends TorchTest {
  @TempDir Path directory;

  private static final String FALCON =
      "{'model_type': 'falcon', 'hidden_size': 64, 'num_hidden_layers': 2, 'vocab_size': 50,"
          + " 'num_attention_heads': 4, ";

  /** A name and a configuration. */
  record Model(String name, String json) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Model> models() {
    return List.of(
        new Model(
            "falcon, two norms",
            FALCON + "'num_kv_heads': 2, 'new_decoder_architecture': true, 'bias': true}"),
        new Model(
            "falcon, one norm",
            FALCON
                + "'num_kv_heads': 2, 'new_decoder_architecture': true,"
                + " 'num_ln_in_parallel_attn': 1}"),
        new Model("falcon, one key", FALCON + "'multi_query': true, 'parallel_attn': true}"),
        new Model("falcon, a key each", FALCON + "'multi_query': false, 'parallel_attn': true}"),
        new Model(
            "qwen3",
            "{'model_type': 'qwen3', 'hidden_size': 24, 'intermediate_size': 40, 'head_dim': 10,"
                + " 'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 2,"
                + " 'vocab_size': 50, 'max_position_embeddings': 64, 'rms_norm_eps': 1e-6,"
                + " 'rope_parameters': {'rope_theta': 1000000, 'rope_type': 'default'},"
                + " 'tie_word_embeddings': true}"),
        new Model(
            "bloom of old",
            "{'model_type': 'bloom', 'n_embed': 64, 'n_layer': 2, 'num_attention_heads': 4,"
                + " 'vocab_size': 50}"),
        new Model(
            "gpt_neox, one after the other",
            "{'model_type': 'gpt_neox', 'hidden_size': 64, 'intermediate_size': 96,"
                + " 'num_hidden_layers': 2, 'num_attention_heads': 4, 'vocab_size': 50,"
                + " 'rotary_pct': 0.5, 'use_parallel_residual': false,"
                + " 'max_position_embeddings': 64}"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void computesTheSame(Model model) throws IOException {
    JsonNode config = new ObjectMapper().readTree(model.json().replace('\'', '"'));
    Path made = directory.resolve("made");
    SyntheticCheckpoint.write(config, DType.FLOAT16, 7, made, (tensors, all) -> {});
    Path file = directory.resolve("model.gguf");

    new ExportFormats().of("gguf").export(torch, Checkpoint.open(made), file, 1);

    assertThat(torch.tensors().floats(logits(Checkpoint.open(file))))
        .as(model.name())
        .isEqualTo(torch.tensors().floats(logits(Checkpoint.open(made))));
  }

  private NDArray logits(Checkpoint checkpoint) {
    long[][] ids = {{3, 17, 42, 8, 0, 49, 21, 33, 5}};
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.reference(torch.device()))) {
      return model.logits(scope, ids);
    }
  }
}
