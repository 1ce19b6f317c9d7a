package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.QuantizedWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A linear [2, 8] of 4 bits in two groups of 4, its tensors put together by hand. */
class CompressedTensorsTest extends TorchTest {
  @TempDir Path directory;
  private final Map<String, NDArray> tensors = new TreeMap<>();

  /** Signed values −8 … −1 in the first row and 0 … 7 in the second. */
  @BeforeEach
  void weight() {
    tensors.clear();
    tensors.put("weight_packed", ints(new int[] {0x76543210, 0xfedcba98}, 2, 1));
    tensors.put("weight_scale", scope.create(new float[] {1, 2, 0.5f, 4}, new Shape(2, 2)));
    tensors.put("weight_shape", scope.create(new long[] {2, 8}));
  }

  @Test
  void symmetric() throws IOException {
    QuantizedWeight weight = read(true, "null");

    assertThat(weight.zeros().toFloatArray()).containsOnly(8);
    assertThat(weight.dequantize(torch, scope).toFloatArray())
        .containsExactly(-8, -7, -6, -5, -8, -6, -4, -2, 0, 0.5f, 1, 1.5f, 16, 20, 24, 28);
    assertThat(weight.grid().ordered()).isTrue();
  }

  /** Zeros −8 and −7 in the first row, 7 and 0 in the second, each plus 8. */
  @Test
  void asymmetric() throws IOException {
    tensors.put("weight_zero_point", ints(new int[] {0xf0, 0x81}, 1, 2));

    QuantizedWeight weight = read(false, "null");

    assertThat(weight.zeros().toFloatArray()).containsExactly(0, 1, 15, 8);
    assertThat(weight.dequantize(torch, scope).toFloatArray())
        .containsExactly(0, 1, 2, 3, 6, 8, 10, 12, -3.5f, -3, -2.5f, -2, 16, 20, 24, 28);
  }

  @Test
  void actOrder() throws IOException {
    tensors.put("weight_g_idx", scope.create(new int[] {1, 1, 1, 1, 0, 0, 0, 0}));

    QuantizedWeight weight = read(true, "\"group\"");

    assertThat(weight.dequantize(torch, scope).toFloatArray())
        .startsWith(-16, -14, -12, -10, -4, -3, -2, -1);
    assertThat(weight.grid().ordered()).isFalse();
  }

  @Test
  void anIndexThatWasNeverFilled() throws IOException {
    tensors.put("weight_g_idx", scope.create(new int[] {-1, -1, -1, -1, -1, -1, -1, -1}));

    assertThat(read(true, "\"weight\"").grid().ordered()).isTrue();
  }

  /** 1.0078125 needs the eighth bit, the last of bfloat16. */
  @Test
  void scalesInBrainFloats() throws IOException {
    NDArray scales = scope.create(new float[] {1.0078125f, 1e30f, 1e-30f, 1}, new Shape(2, 2));
    NDArray stored = torch.tensors().cast(scope, scales, DType.BFLOAT16);
    tensors.put("weight_scale", stored);

    assertThat(read(true, "null").scales().toFloatArray())
        .isEqualTo(torch.tensors().cast(scope, stored, DType.FLOAT32).toFloatArray())
        .startsWith(1.0078125f);
  }

  @Test
  void companionsThatAreMissing() throws IOException {
    assertRefused(false, "tensor 'l.weight_zero_point' is missing");
    tensors.remove("weight_shape");
    assertRefused(true, "tensor 'l.weight_shape' is missing");
    weight();
    tensors.remove("weight_scale");
    assertRefused(true, "tensor 'l.weight_scale' is missing");
  }

  @Test
  void tensorsThatDoNotFit() throws IOException {
    tensors.put("weight_shape", scope.create(new long[] {2, 9}));
    assertRefused(
        true, "'l.weight_shape': found 2 and 9, expected a shape that fits packed (2, 1)");
    tensors.put("weight_shape", scope.create(new long[] {2, 1L << 61}));
    assertRefused(true, "'l.weight_shape': found 2 and 2305843009213693952, expected a shape");
    tensors.put("weight_shape", scope.create(new long[] {2, 8, 1}));
    assertRefused(true, "'l.weight_shape': found shape (3), expected (2)");
    weight();
    tensors.put("weight_scale", scope.ones(new Shape(2, 1)));
    assertRefused(true, "'l.weight_scale': found shape (2, 1), expected (2, 2)");
    weight();
    tensors.put("weight_zero_point", ints(new int[4], 2, 2));
    assertRefused(false, "'l.weight_zero_point': found shape (2, 2), expected (1, 2)");
    tensors.put("weight_g_idx", scope.create(new int[] {0, 0, 0, 0, 1, 1, 1, 2}));
    assertRefused(true, "'l.weight_g_idx': found group 2 for input 7, expected 0 to 1");
  }

  @Test
  void packedTensorsOfAnotherFormat() throws IOException {
    Checkpoint checkpoint =
        checkpoint("{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 4}");

    assertThatThrownBy(() -> checkpoint.linear(torch, scope, "l"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("tensor 'l.qweight' is missing");
  }

  private QuantizedWeight read(boolean symmetric, String actOrder) throws IOException {
    Checkpoint checkpoint = checkpoint(config(symmetric, actOrder));
    QuantizedWeight weight = (QuantizedWeight) checkpoint.linear(torch, scope, "l");
    assertThat(checkpoint.parameters()).isEqualTo(16);
    return weight;
  }

  private void assertRefused(boolean symmetric, String message) throws IOException {
    Checkpoint checkpoint = checkpoint(config(symmetric, "null"));

    assertThatThrownBy(() -> checkpoint.linear(torch, scope, "l"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(message);
  }

  private static String config(boolean symmetric, String actOrder) {
    return """
        {"quant_method": "compressed-tensors", "format": "pack-quantized",
         "config_groups": {"group_0": {"targets": ["Linear"], "weights": {"num_bits": 4,
           "type": "int", "symmetric": %s, "strategy": "group", "group_size": 4,
           "actorder": %s}}}}"""
        .formatted(symmetric, actOrder);
  }

  private Checkpoint checkpoint(String quantization) throws IOException {
    Path parent = Files.createTempDirectory(directory, "case");
    Path model = parent.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, model)) {
      tensors.forEach((suffix, tensor) -> writer.put("l." + suffix, tensor));
      writer.finish(RawCheckpoint.source(parent.resolve("source")), "float16");
    }
    Files.writeString(
        model.resolve("config.json"), "{\"quantization_config\": " + quantization + "}");
    return Checkpoint.open(model);
  }

  private NDArray ints(int[] values, long rows, long columns) {
    return scope.create(values, new Shape(rows, columns));
  }
}
