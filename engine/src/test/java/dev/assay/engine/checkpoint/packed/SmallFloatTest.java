package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.engine.weight.ScaledWeight;
import dev.assay.engine.weight.StoredWeight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights of 8-bit floats, with scales and without. */
class SmallFloatTest extends TorchTest {
  /** In E4M3 1, −2, 448 and 2^-9, in E5M2 2^-8, −16, infinity … */
  private static final byte[] VALUES = {0x38, (byte) 0xc0, 0x7e, 0x01};

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "F8_E4M3, 1, -2, 448, 0.001953125",
    // exponents of 5 bits, bias 15: 0x38 = 2^-1, 0xc0 = -2, 0x7e is no number, 0x01 = 2^-16
    "F8_E5M2, 0.5, -2, NaN, 0.0000152587890625",
  })
  void withoutScales(String type, float a, float b, float c, float d) throws IOException {
    Checkpoint checkpoint = checkpoint("'l.weight': " + weight(type), VALUES);

    StoredWeight weight = checkpoint.linear(torch, scope, "l");

    assertThat(weight).isInstanceOf(DenseWeight.class);
    assertThat(weight.dequantize(torch, scope).toFloatArray()).containsExactly(a, b, c, d);
    assertThat(weight.storedBytes()).isEqualTo(4);
    assertThat(checkpoint.parameters()).isEqualTo(4);
  }

  @Test
  void oneScaleARow() throws IOException {
    Checkpoint checkpoint = scaled("'dtype': 'F32', 'shape': [2, 1], 'data_offsets': [4, 12]");

    StoredWeight weight = checkpoint.linear(torch, scope, "l");

    assertThat(weight).isInstanceOf(ScaledWeight.class);
    assertThat(weight.dequantize(torch, scope).toFloatArray())
        .containsExactly(3, -6, 4480, 0.01953125f);
    assertThat(weight.storedBytes()).isEqualTo(12).isEqualTo(checkpoint.linearBytes("l"));
    assertThat(checkpoint.parameters()).isEqualTo(4);
    assertThat(
            new LinearPreparer(torch, Execution.reference(torch.device()))
                .prepare(scope, List.of(weight))
                .parts()
                .get(0)
                .simulated())
        .isTrue();
  }

  /** bfloat16 3, in each of the ways to write a single number. */
  @ParameterizedTest
  @CsvSource({"[1]", "'[]'", "'[1, 1]'"})
  void oneScaleInAll(String shape) throws IOException {
    byte[] data = ByteBuffer.allocate(6).put(VALUES).put((byte) 0x40).put((byte) 0x40).array();
    Checkpoint checkpoint =
        checkpoint(
            "'l.weight': "
                + weight("F8_E4M3")
                + ", 'l.weight_scale': {'dtype': 'BF16', 'shape': "
                + shape
                + ", 'data_offsets': [4, 6]}",
            data);

    ScaledWeight weight = (ScaledWeight) checkpoint.linear(torch, scope, "l");

    assertThat(weight.dequantize(torch, scope).toFloatArray())
        .containsExactly(3, -6, 1344, 0.005859375f);
    assertThat(weight.scaleType()).isEqualTo(DType.BFLOAT16);
    assertThat(weight.storedBytes()).isEqualTo(6);
  }

  @Test
  void scalesOfBlocksThatNobodySpeaksOfAreRefused() throws IOException {
    Checkpoint checkpoint = scaled("'dtype': 'F32', 'shape': [1, 2], 'data_offsets': [4, 12]");

    assertThatThrownBy(() -> checkpoint.linear(torch, scope, "l"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(
            "'l.weight_scale': found shape (1, 2), expected (2, 1) or one element");
  }

  @Test
  void scalesOfWholeNumbersAreRefused() throws IOException {
    Checkpoint checkpoint = scaled("'dtype': 'I32', 'shape': [2, 1], 'data_offsets': [4, 12]");

    assertThatThrownBy(() -> checkpoint.linear(torch, scope, "l"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("'l.weight_scale': found dtype INT32, expected a floating one");
  }

  private Checkpoint scaled(String scale) throws IOException {
    byte[] data = ByteBuffer.allocate(12).put(VALUES).put(RawCheckpoint.floats(3, 10)).array();
    return checkpoint(
        "'l.weight': " + weight("F8_E4M3") + ", 'l.weight_scale': {" + scale + "}", data);
  }

  private static String weight(String type) {
    return "{'dtype': '" + type + "', 'shape': [2, 2], 'data_offsets': [0, 4]}";
  }

  private Checkpoint checkpoint(String header, byte[] data) throws IOException {
    Files.writeString(
        directory.resolve("config.json"),
        """
        {"quantization_config": {"quant_method": "compressed-tensors",
          "format": "float-quantized", "config_groups": {"group_0": {"input_activations":
          {"num_bits": 8, "dynamic": true}, "weights": {"num_bits": 8, "type": "float",
          "strategy": "channel"}}}}}""");
    RawCheckpoint.write(directory.resolve("model.safetensors"), "{" + header + "}", data);
    return Checkpoint.open(directory);
  }
}
