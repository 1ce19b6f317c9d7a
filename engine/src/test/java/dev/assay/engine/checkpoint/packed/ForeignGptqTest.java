package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.weight.QuantizedWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GPTQ checkpoints as others write them: a linear [8, 8] of 4 bits with one group. */
class ForeignGptqTest extends TorchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    // label, sym, stored word, the zero it stands for
    "gptq, true, 0x77777777, 8",
    "gptq_v2, true, 0x88888888, 8",
    "gptq, true, 0x88888888, 8",
    "gptq_v2, true, 0x77777777, 8",
    "gptq, false, 0x44444444, 5",
    // 1 taken from each of eight zeros of 0 at once.
    "gptq, false, 0xEEEEEEEF, 0",
    "gptq_v2, false, 0x55555555, 5",
    "gptq_v2, false, 0, 0",
  })
  void zerosAreThoseOfTheFormat(String label, boolean symmetric, String stored, float zero)
      throws IOException {
    Checkpoint checkpoint = checkpoint(label, symmetric, Long.decode(stored).intValue());

    QuantizedWeight weight = (QuantizedWeight) checkpoint.linear(torch, scope, "l");

    assertThat(weight.zeros().toFloatArray()).hasSize(8).containsOnly(zero);
    assertThat(weight.codes().toType(DataType.INT32, true).get("3").toIntArray())
        .containsExactly(3, 3, 3, 3, 3, 3, 3, 3);
    assertThat(weight.groupIndex().toIntArray()).containsOnly(0);
    assertThat(weight.grid().ordered()).isTrue();
  }

  @Test
  void symmetricZerosThatDifferAreRefused() throws IOException {
    Checkpoint checkpoint = checkpoint("gptq", true, 0x77777778);

    assertThatThrownBy(() -> checkpoint.linear(torch, scope, "l"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("l.qzeros")
        .hasMessageContaining("found zeros from 7 to 8, expected 7 or 8 everywhere");
  }

  @Test
  void groupsOutOfRangeAreRefused() throws IOException {
    Checkpoint checkpoint = checkpoint("gptq", false, 0, Map.of("g_idx", new int[8]));
    Checkpoint wrong =
        checkpoint("gptq", false, 0, Map.of("g_idx", new int[] {0, 0, 0, 1, 0, 0, 0, 0}));

    assertThat(checkpoint.linear(torch, scope, "l").inFeatures()).isEqualTo(8);
    assertThatThrownBy(() -> wrong.linear(torch, scope, "l"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("l.g_idx")
        .hasMessageContaining("found group 1 for input 3, expected 0 to 0");
  }

  @Test
  void shapesThatDoNotFitAreRefused() throws IOException {
    Checkpoint checkpoint = checkpoint("gptq", false, 0, Map.of("g_idx", new int[12]));

    assertThatThrownBy(() -> checkpoint.linear(torch, scope, "l"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("l.qweight")
        .hasMessageContaining("found shape (1, 8), expected (2, 8)");
  }

  @Test
  void packedTensorsWithoutConfigurationAreRefused() throws IOException {
    Checkpoint checkpoint = checkpoint("gptq", true, 0x77777777);
    Files.delete(checkpoint.directory().resolve("quantize_config.json"));
    Checkpoint silent = Checkpoint.open(checkpoint.directory());

    assertThatThrownBy(() -> silent.linear(torch, scope, "l"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("'l.qweight', expected a quantization_config in config.json");
  }

  private Checkpoint checkpoint(String label, boolean symmetric, int zeros) throws IOException {
    return checkpoint(label, symmetric, zeros, Map.of());
  }

  private Checkpoint checkpoint(
      String label, boolean symmetric, int zeros, Map<String, int[]> further) throws IOException {
    Path parent = Files.createTempDirectory(directory, "case");
    Path model = parent.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, model)) {
      // Output o has code o for each of its eight inputs.
      int[] words = new int[8];
      Arrays.setAll(words, output -> output * 0x11111111);
      writer.put("l.qweight", scope.create(words, new Shape(1, 8)));
      writer.put("l.qzeros", scope.create(new int[] {zeros}, new Shape(1, 1)));
      writer.put("l.scales", scope.ones(new Shape(1, 8), DataType.FLOAT16));
      further.forEach((suffix, values) -> writer.put("l." + suffix, scope.create(values)));
      writer.finish(RawCheckpoint.source(parent.resolve("source")), "float16");
    }
    Files.writeString(
        model.resolve("quantize_config.json"),
        "{\"bits\": 4, \"group_size\": -1, \"sym\": %s, \"checkpoint_format\": \"%s\"}"
            .formatted(symmetric, label));
    return Checkpoint.open(model);
  }
}
