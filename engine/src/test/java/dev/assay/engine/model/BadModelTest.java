package dev.assay.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose files are sound and whose tensors are not those of the configuration. */
class BadModelTest extends TorchTest {
  private static final List<Step> RTN =
      List.of(new Step("rtn", new RtnParameters(4, 16, false, false)));
  private static final List<Step> GPTQ =
      List.of(
          new Step("gptq", new GptqParameters(4, 16, false, false, false, true, 0.01, 128, false)));

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.embed_tokens.weight",
        "model.norm.weight",
        "lm_head.weight",
        "model.layers.1.input_layernorm.weight",
        "model.layers.1.self_attn.q_proj.weight",
        "model.layers.0.mlp.down_proj.weight",
      })
  void tensorThatIsMissing(String name) {
    Checkpoint checkpoint = without(name);

    assertThatThrownBy(() -> load(checkpoint))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessage(checkpoint.path() + ": tensor '" + name + "' is missing");
    if (name.contains("layers")) {
      assertThatThrownBy(() -> compress(checkpoint, RTN))
          .isInstanceOf(BadCheckpointException.class)
          .hasMessage(checkpoint.path() + ": tensor '" + name + "' is missing");
      assertThat(directory.resolve("target")).doesNotExist();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.embed_tokens.weight              | tensor 'model.embed_tokens.weight': found F32 of shape (512, 63), expected shape (512, 64)",
        "lm_head.weight                         | tensor 'lm_head.weight': found F32 of shape (512, 63), expected shape (512, 64) by config.json",
        "model.layers.1.self_attn.k_proj.weight | tensor 'model.layers.1.self_attn.k_proj.weight': found F32 of shape (32, 63), expected shape (32, 64)",
      })
  void matrixOfAnotherShape(String name, String message) {
    assertRefused(changed(name, tensor -> tensor.get(":, :63")), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.norm.weight                     | tensor 'model.norm.weight': found F32 of shape (63), expected shape (64)",
        "model.layers.0.input_layernorm.weight | tensor 'model.layers.0.input_layernorm.weight': found F32 of shape (63)",
      })
  void vectorOfAnotherShape(String name, String message) {
    assertRefused(changed(name, tensor -> tensor.get(":63")), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.layers.1.self_attn.q_proj.weight | found F32 of shape (4096), expected shape (64, 64)",
        "model.norm.weight                      | found I64 of shape (64)",
      })
  void tensorOfAnotherKind(String name, String message) {
    boolean matrix = name.contains("q_proj");
    Checkpoint checkpoint =
        changed(name, tensor -> matrix ? tensor.reshape(-1) : tensor.toType(DataType.INT64, false));

    assertRefused(checkpoint, message);
  }

  /** Weights that no grid can hold; calibrated or not, the error is the file's and not a score. */
  @ParameterizedTest
  @CsvSource({
    "model.layers.1.self_attn.o_proj.weight, NaN",
    "model.layers.0.mlp.up_proj.weight, Infinity",
    "model.layers.0.mlp.down_proj.weight, -Infinity",
    "model.layers.1.post_attention_layernorm.weight, NaN",
  })
  void valuesThatAreNotFinite(String name, float value) {
    Checkpoint checkpoint =
        changed(
            name,
            tensor -> {
              float[] values = tensor.toFloatArray();
              values[values.length / 2] = value;
              return scope.create(values, tensor.getShape());
            });
    for (List<Step> steps : List.of(RTN, GPTQ)) {
      assertThatThrownBy(() -> compress(checkpoint, steps))
          .isInstanceOf(BadCheckpointException.class)
          .hasMessageStartingWith(file(checkpoint) + ": " + name.replace(".weight", ""))
          .hasMessageEndingWith(": found NaN or infinite values, expected finite ones");
      assertThat(directory.resolve("target")).doesNotExist();
    }
  }

  /** A GGUF file has no config.json that could be meant. */
  @Test
  void ggufFileIsHeldToItsOwnMetadata() throws IOException {
    byte[] content = Files.readAllBytes(Goldens.room("gguf").resolve("llama-F16.gguf"));
    String key = "llama.feed_forward_length";
    int at = new String(content, StandardCharsets.ISO_8859_1).indexOf(key) + key.length();
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    int type = bytes.getInt(at);
    assertThat(type).as("UINT32").isEqualTo(4);
    bytes.putInt(at + Integer.BYTES, bytes.getInt(at + Integer.BYTES) - 32);
    Path file = Files.write(directory.resolve("model.gguf"), content);

    assertThatThrownBy(() -> new Families().architecture(Checkpoint.open(file)))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageStartingWith(file + ": tensor '")
        .hasMessageEndingWith(" by model.gguf");
  }

  private void assertRefused(Checkpoint checkpoint, String message) {
    assertThatThrownBy(() -> load(checkpoint))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageStartingWith(file(checkpoint) + ": ")
        .hasMessageContaining(message);
  }

  private static Path file(Checkpoint checkpoint) {
    return checkpoint.path().resolve("model.safetensors");
  }

  private void load(Checkpoint checkpoint) {
    LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.reference(torch.device()))
        .close();
  }

  private void compress(Checkpoint checkpoint, List<Step> steps) {
    long[] ids = new long[16];
    new Pipeline(torch, new Families().architecture(checkpoint), StageRegistry.load())
        .run(
            checkpoint,
            steps,
            List.of(ids, ids),
            directory.resolve("target"),
            (stage, finished, layers) -> {});
  }

  private Checkpoint changed(String name, UnaryOperator<NDArray> change) {
    return copy(name, change);
  }

  private Checkpoint without(String name) {
    return copy(name, tensor -> scope.zeros(new Shape(0)));
  }

  /** The llama fixture with one tensor changed, or left out where nothing of it is left. */
  private Checkpoint copy(String name, UnaryOperator<NDArray> change) {
    Checkpoint source = ModelFixture.of("llama").checkpoint();
    Path target = directory.resolve("source");
    assertThat(source.names()).contains(name);
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target);
        NDManager manager = torch.manager().newSubManager()) {
      for (String each : source.names()) {
        NDArray tensor = source.tensor(torch, manager, each);
        NDArray put = each.equals(name) ? change.apply(tensor) : tensor;
        if (put.size() > 0) {
          writer.put(each, put);
        }
      }
      writer.finish(source, "float32");
    }
    return Checkpoint.open(target);
  }
}
