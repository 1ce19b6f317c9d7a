package dev.assay.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint appears whole or not at all, with the files that belong to it. */
class CheckpointWriterTest extends TorchTest {
  @TempDir Path directory;

  @Test
  void nothingIsLeftOfAWriterThatDoesNotFinish() throws IOException {
    Path parent = directory.resolve("deep/er");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, parent.resolve("model"))) {
      writer.put("x", scope.zeros(new Shape(4)));
    }

    assertThat(parent).isEmptyDirectory();
  }

  /** What a killed process leaves: the writer is never closed. */
  @Test
  void nothingIsUnderTheNameBeforeTheEnd() throws IOException {
    Path target = directory.resolve("model");
    CheckpointWriter killed = CheckpointWriter.create(torch, target);
    killed.put("x", scope.zeros(new Shape(4)));

    assertThat(target).doesNotExist();
    assertThat(names(directory)).hasSize(1).allMatch(name -> name.startsWith(".model.partial-"));

    try (CheckpointWriter again = CheckpointWriter.create(torch, target)) {
      again.put("x", scope.ones(new Shape(4)));
      again.finish(source(), "float32");
    }
    assertThat(Checkpoint.open(target).tensor(torch, scope, "x").toFloatArray()).containsOnly(1);
    killed.close();
    assertThat(names(directory)).containsExactlyInAnyOrder("model", "source");
  }

  @Test
  void aFailureOnTheWayLeavesNothing() throws IOException {
    Path target = directory.resolve("model");
    Checkpoint source = source();
    // A directory in the place of the configuration fails when it is written.
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      Path pending =
          directory.resolve(
              names(directory).stream().filter(n -> n.startsWith(".")).findFirst().orElseThrow());
      Files.createDirectory(pending.resolve("config.json"));
      writer.put("x", scope.zeros(new Shape(4)));

      assertThatThrownBy(() -> writer.finish(source, "float32"))
          .hasMessageContaining(target + ": cannot be written");
    }

    assertThat(names(directory)).containsExactly("source");
  }

  @Test
  void existingTargetsAreLeftAlone() throws IOException {
    Path early = Files.createDirectory(directory.resolve("early"));
    assertThatThrownBy(() -> CheckpointWriter.create(torch, early))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessage(early + ": exists already, expected a new directory");

    Path late = directory.resolve("late");
    Checkpoint source = source();
    try (CheckpointWriter writer = CheckpointWriter.create(torch, late)) {
      writer.put("x", scope.zeros(new Shape(4)));
      Files.createDirectory(late);

      assertThatThrownBy(() -> writer.finish(source, "float32"))
          .isInstanceOf(BadCheckpointException.class)
          .hasMessageContaining("exists already");
    }
    assertThat(late).isEmptyDirectory();
  }

  @Test
  void companionsOfAGptqCheckpoint() throws IOException {
    Checkpoint source = source();
    Path target = directory.resolve("model");
    for (String name : List.of("tokenizer.json", "merges.txt", "generation_config.json")) {
      Files.writeString(source.directory().resolve(name), name);
    }
    Files.writeString(source.directory().resolve("notes.txt"), "not to be copied");
    GridForm grid = new GridForm(4, 32, true, true, Layout.GPTQ);
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      writer.putLinear("l", Weights.random(scope, 1, 32, 32, grid, DataType.FLOAT16));
      writer.finish(source, "float16");
    }

    JsonNode config = Checkpoint.open(target).config();
    JsonNode quantization = config.get("quantization_config");
    assertThat(names(target))
        .containsExactlyInAnyOrder(
            "model.safetensors",
            "config.json",
            "quantize_config.json",
            "README.md",
            "tokenizer.json",
            "merges.txt",
            "generation_config.json");
    assertThat(target.resolve("merges.txt")).hasContent("merges.txt");
    assertThat(config.get("model_type").asText()).isEqualTo("llama");
    assertThat(config.get("torch_dtype").asText()).isEqualTo("float16");
    assertThat(quantization.toString())
        .isEqualTo(
            "{\"quant_method\":\"gptq\",\"bits\":4,\"group_size\":32,\"desc_act\":false,"
                + "\"sym\":true,\"checkpoint_format\":\"gptq\",\"lm_head\":false}");
    assertThat(JsonFiles.read(target.resolve("quantize_config.json"))).isEqualTo(quantization);
  }

  @Test
  void companionsOfAnAwqCheckpoint() throws IOException {
    Path target = directory.resolve("model");
    GridForm grid = new GridForm(4, 32, false, true, Layout.AWQ);
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      writer.putLinear("l", Weights.random(scope, 1, 32, 32, grid, DataType.FLOAT16));
      writer.finish(source(), "float16");
    }

    assertThat(names(target))
        .containsExactlyInAnyOrder("model.safetensors", "config.json", "README.md");
    assertThat(Checkpoint.open(target).config().get("quantization_config").toString())
        .isEqualTo(
            "{\"quant_method\":\"awq\",\"bits\":4,\"group_size\":32,\"zero_point\":true,"
                + "\"version\":\"gemm\",\"modules_to_not_convert\":[\"lm_head\"]}");
  }

  private Checkpoint source() throws IOException {
    return RawCheckpoint.source(directory.resolve("source"));
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }
}
