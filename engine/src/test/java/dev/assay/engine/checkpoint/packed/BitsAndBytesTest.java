package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.CodebookWeight;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.engine.weight.RunnableLinear;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints of bitsandbytes' 4-bit weights. */
class BitsAndBytesTest extends TorchTest {
  @TempDir Path directory;

  /** Blocks of 4 over rows of 3: they go on from one row to the next, and the last is short. */
  @Test
  void blocksKnowNoRows() throws IOException {
    CodebookWeight weight = (CodebookWeight) small().linear(torch, scope, "l");

    assertThat(weight.dequantize(torch, scope).toFloatArray())
        .containsExactly(1, 2, 3, 4, 50, 60, 70, 80, 900);
  }

  @Test
  void runsFromItsPackedFormAndSaysSo() throws IOException {
    CodebookWeight weight = (CodebookWeight) small().linear(torch, scope, "l");

    RunnableLinear runnable =
        new LinearPreparer(torch, Execution.packed(torch.device(), DType.FLOAT32))
            .prepare(scope, List.of(weight))
            .parts()
            .get(0);

    assertThat(runnable.simulated()).isFalse();
    assertThat(runnable.form()).isEqualTo("nf4 codes, dequantised at each call");
    assertThat(runnable.bytes())
        .isEqualTo(weight.storedBytes() - weight.described().bytes())
        .isEqualTo(5 + 16 * 4 + 3 * 4);
  }

  @Test
  void isWrittenAsItWasRead() throws IOException {
    Checkpoint source = small();
    CodebookWeight weight = (CodebookWeight) source.linear(torch, scope, "l");
    Path target = directory.resolve("other");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      writer.putLinear("l", weight);
      writer.finish(source, "float16");
    }

    Checkpoint written = Checkpoint.open(target);
    assertThat(written.linear(torch, scope, "l").dequantize(torch, scope).toFloatArray())
        .containsExactly(1, 2, 3, 4, 50, 60, 70, 80, 900);
    JsonNode config = written.config().path("quantization_config");
    assertThat(config.path("load_in_4bit").asBoolean()).isTrue();
    assertThat(config.path("bnb_4bit_quant_type").asText()).isEqualTo("nf4");
    assertThat(config.path("bnb_4bit_use_double_quant").asBoolean()).isFalse();
    assertThat(config.path("llm_int8_skip_modules").get(0).asText()).isEqualTo("lm_head");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'blocksize': 4 | key shape: found nothing, expected two whole numbers",
        "'blocksize': 4, 'shape': [9] | key shape: found [9], expected two whole numbers",
        "'blocksize': 4, 'shape': [3, 0] | key shape: found [3,0], expected two whole numbers",
        "'blocksize': 0, 'shape': [3, 3] | key blocksize: found 0, expected at least 1",
        "'shape': [3, 3] | key blocksize: found nothing, expected a whole number",
        "'blocksize': 4, 'shape': [3, 4] | 'l.weight': found UINT8 (5, 1), expected 6 elements of",
        "'blocksize': 2, 'shape': [3, 3] | 'l.weight.absmax': found FLOAT32 (3), expected 5",
        "'blocksize': 4, 'shape': [3, 3], 'nested_blocksize': 4"
            + " | key nested_offset: found nothing, expected a finite number",
        "'blocksize': 4, 'shape': [3, 3], 'nested_blocksize': 4, 'nested_offset': 1.5"
            + " | 'l.weight.absmax': found FLOAT32 (3), expected 3 elements of UINT8",
      })
  void statesThatDoNotFit(String state, String message) throws IOException {
    Checkpoint checkpoint = checkpoint("nf4", state, smallTensors());

    assertThatThrownBy(() -> checkpoint.linear(torch, scope, "l"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("model.safetensors: tensor 'l.weight")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"weight.absmax", "weight.quant_map", "weight"})
  void companionsThatAreMissing(String suffix) throws IOException {
    Map<String, NDArray> tensors = smallTensors();
    tensors.remove(suffix);
    Checkpoint checkpoint = checkpoint("fp4", "'blocksize': 4, 'shape': [3, 3]", tensors);

    assertThatThrownBy(() -> checkpoint.linear(torch, scope, "l"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("tensor 'l." + suffix + "' is missing");
  }

  private Checkpoint small() throws IOException {
    return checkpoint("nf4", "'blocksize': 4, 'shape': [3, 3]", smallTensors());
  }

  /** Codes 1 to 9 into a table of 0 to 15, scales 1, 10 and 100. */
  private Map<String, NDArray> smallTensors() {
    byte[] codes = {0x12, 0x34, 0x56, 0x78, (byte) 0x90};
    Map<String, NDArray> tensors = new TreeMap<>();
    tensors.put("weight", bytes(codes).reshape(5, 1));
    tensors.put("weight.absmax", scope.create(new float[] {1, 10, 100}));
    tensors.put("weight.quant_map", scope.arange(16).toType(DataType.FLOAT32, false));
    return tensors;
  }

  private NDArray bytes(byte[] values) {
    return scope.create(ByteBuffer.wrap(values), new Shape(values.length), DataType.UINT8);
  }

  private Checkpoint checkpoint(String type, String state, Map<String, NDArray> tensors)
      throws IOException {
    return BitsAndBytesModel.write(torch, scope, directory, type, state, tensors);
  }
}
