package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.safetensors.TensorFile;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TextsAlone;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters that stages have trained, in PEFT's format. */
class SavedAdapterTest extends TorchTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TRAINING =
      "training: {steps: 4, batch: 4, learningRate: 0.02, schedule: {kind: constant}}";

  @TempDir private Path directory;

  private static List<long[]> windows() {
    Random random = new Random(3);
    List<long[]> windows = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      windows.add(random.longs(12, 0, 60).toArray());
    }
    return windows;
  }

  private Checkpoint run(Checkpoint source, String target, String... stages) throws IOException {
    List<Pipeline.StageOutcome> unused =
        new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
            .run(
                source,
                RecipeText.steps(directory, List.of(stages)),
                new TextsAlone(wanted -> windows()),
                directory.resolve(target),
                (stage, finished, layers) -> {});
    return Checkpoint.open(directory.resolve(target));
  }

  private Path adapter(String target) {
    return Pipeline.adapter(directory.resolve(target), 1);
  }

  private NDArray logits(Checkpoint checkpoint, ModelFixture fixture) {
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.reference(torch.device()))) {
      return model.logits(scope, fixture.ids(scope, "input_ids"));
    }
  }

  /** Of the greatest of all logits, where that is above 1. */
  private static float off(NDArray found, NDArray expected) {
    return found.sub(expected).abs().max().getFloat()
        / Math.max(1, expected.abs().max().getFloat());
  }

  /** Grouped queries, transposed and fused weights, interleaved rows, experts, biases. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "phi3", "bloom", "mixtral", "qwen2", "opt"})
  void whatIsWrittenIsReadAgain(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint wide = run(fixture.checkpoint(), "wide", "cast: {dtype: float32}");
    Checkpoint trained =
        run(
            wide,
            "trained",
            "finetune: {lora: {rank: 3, alpha: 5, saveAdapter: true}, " + TRAINING + "}");
    NDArray expected = logits(trained, fixture);
    assertThat(off(logits(wide, fixture), expected)).as("what it does").isGreaterThan(0.01f);

    for (boolean merge : List.of(true, false)) {
      Checkpoint again =
          run(
              wide,
              "again-" + merge,
              "lora: {adapter: %s, merge: %b}".formatted(adapter("trained"), merge));
      assertThat(off(logits(again, fixture), expected)).as("merged " + merge).isLessThan(1e-5f);
    }
  }

  @Test
  void someLinearsOfOneWeightAreWrittenToo() throws IOException {
    ModelFixture fixture = ModelFixture.of("gpt2");
    Checkpoint wide = run(fixture.checkpoint(), "wide", "cast: {dtype: float32}");
    Checkpoint trained =
        run(
            wide,
            "trained",
            "finetune: {lora: {rank: 2, targets: ['*.q', '*.v', '*c_fc'], saveAdapter: true}, "
                + TRAINING
                + "}");
    Checkpoint again = run(wide, "again", "lora: {adapter: %s}".formatted(adapter("trained")));
    assertThat(off(logits(again, fixture), logits(trained, fixture))).isLessThan(1e-5f);
    JsonNode config = JSON.readTree(adapter("trained").resolve("adapter_config.json").toFile());
    assertThat(config.path("target_modules"))
        .extracting(JsonNode::asText)
        .containsExactly("c_attn", "c_fc");
    assertThat(config.path("fan_in_fan_out").asBoolean()).isTrue();
    assertThat(config.path("rank_pattern").properties())
        .allMatch(entry -> entry.getKey().endsWith("c_attn") && entry.getValue().asInt() == 4);
    assertThat(config.path("alpha_pattern").properties())
        .hasSize(fixture.architecture().layers())
        .allMatch(entry -> entry.getValue().asDouble() == 32);
  }

  @Test
  void filesAreThoseOfPeft() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    run(
        fixture.checkpoint(),
        "trained",
        "finetune: {lora: {rank: 3, alpha: 5, targets: [q_proj, 'mlp.*'], saveAdapter: true}, "
            + TRAINING
            + "}");
    JsonNode config = JSON.readTree(adapter("trained").resolve("adapter_config.json").toFile());
    assertThat(config.path("peft_type").asText()).isEqualTo("LORA");
    assertThat(config.path("task_type").asText()).isEqualTo("CAUSAL_LM");
    assertThat(config.path("r").asInt()).isEqualTo(3);
    assertThat(config.path("lora_alpha").isInt()).isTrue();
    assertThat(config.path("lora_alpha").asInt()).isEqualTo(5);
    assertThat(config.path("bias").asText()).isEqualTo("none");
    assertThat(config.path("fan_in_fan_out").asBoolean(true)).isFalse();
    assertThat(config.path("rank_pattern")).isEmpty();
    assertThat(config.path("base_model_name_or_path").asText())
        .isEqualTo(fixture.checkpoint().path().toString());
    assertThat(config.path("target_modules"))
        .extracting(JsonNode::asText)
        .containsExactly("down_proj", "gate_proj", "q_proj", "up_proj");
    TensorFile file = TensorFile.open(adapter("trained").resolve("adapter_model.safetensors"));
    assertThat(file.names())
        .hasSize(2 * 4 * fixture.architecture().layers())
        .contains(
            "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
            "base_model.model.model.layers.1.mlp.down_proj.lora_B.weight");
  }

  /** Beside what is rounded, kept there and merged; of the latter it is what was before. */
  @Test
  void whatIsTrainedBesideRoundedWeightsIsWritten() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint wide = run(fixture.checkpoint(), "wide", "cast: {dtype: float32}");
    String nf4 = "nf4";
    String keys = "{lora: {rank: 3, saveAdapter: true}, " + TRAINING + "%s}";
    Checkpoint beside = run(wide, "beside", nf4, "qlora: " + keys.formatted(""));
    Checkpoint again =
        run(wide, "again", nf4, "lora: {adapter: %s, merge: false}".formatted(adapter("beside")));
    assertThat(off(logits(again, fixture), logits(beside, fixture))).isLessThan(1e-5f);

    run(wide, "merged", nf4, "qlora: " + keys.formatted(", merge: true"));
    assertThat(Files.readAllBytes(adapter("merged").resolve("adapter_model.safetensors")))
        .isEqualTo(Files.readAllBytes(adapter("beside").resolve("adapter_model.safetensors")));
    JsonNode config = JSON.readTree(adapter("merged").resolve("adapter_config.json").toFile());
    assertThat(config.path("base_model_name_or_path").isNull())
        .as("which was rounded before")
        .isTrue();
  }

  @Test
  void aSecondOneHasAnotherName() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    String stage = "finetune: {lora: {rank: 2, saveAdapter: true}, " + TRAINING + "}";
    run(fixture.checkpoint(), "two", stage, stage);
    assertThat(Pipeline.adapter(directory.resolve("two"), 1)).isDirectory();
    assertThat(Pipeline.adapter(directory.resolve("two"), 2)).isDirectory();
    assertThat(directory.resolve(".two-working")).doesNotExist();
    run(fixture.checkpoint(), "none", "finetune: {lora: {rank: 2}, " + TRAINING + "}");
    assertThat(adapter("none")).doesNotExist();
  }

  @Test
  void whatAnAdapterCannotSayIsRefused() {
    ModelFixture fixture = ModelFixture.of("llama");
    String stage = "finetune: {lora: {saveAdapter: true}, " + TRAINING + "}";
    assertThatThrownBy(
            () -> run(fixture.checkpoint(), "sparse", "magnitude: {sparsity: 0.5}", stage))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("saveAdapter: found weights that are 0 and stay so");
    assertThatThrownBy(() -> run(fixture.checkpoint(), "factors", "svd: {keep: 0.5}", stage))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("one of two that a stage before has made");
  }
}
