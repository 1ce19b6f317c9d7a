package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.CodebookWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.io.FileUtils;

/** Reading the 4-bit codes of bitsandbytes, with and without scales that are quantized too. */
public final class CodebookCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    boolean nested = golden.parameter("double_quant").asBoolean();
    NDArray values = golden.tensor(scope, "dequant");
    NDArray packed = golden.tensor(scope, "packed");
    Map<String, NDArray> tensors = new TreeMap<>();
    tensors.put("weight", packed.reshape(packed.getShape().size(), 1));
    tensors.put("weight.absmax", golden.tensor(scope, nested ? "absmax_q" : "absmax"));
    tensors.put("weight.quant_map", golden.tensor(scope, "code"));
    String type = golden.parameter("quant_type").asText();
    String state =
        "'quant_type': '%s', 'blocksize': %d, 'dtype': 'float16', 'shape': [%d, %d]"
            .formatted(
                type,
                golden.parameter("blocksize").asInt(),
                values.getShape().get(0),
                values.getShape().get(1));
    if (nested) {
      tensors.put("weight.nested_absmax", golden.tensor(scope, "nested_absmax"));
      tensors.put("weight.nested_quant_map", golden.tensor(scope, "nested_code"));
      state +=
          ", 'nested_blocksize': %d, 'nested_dtype': 'float32', 'nested_offset': %s"
              .formatted(
                  golden.parameter("nested_blocksize").asInt(),
                  golden.tensor(scope, "absmax_offset").toFloatArray()[0]);
    }
    Path directory = Files.createTempDirectory("codebook");
    try {
      Checkpoint checkpoint =
          BitsAndBytesModel.write(torch, scope, directory, type, state, tensors);
      CodebookWeight weight = (CodebookWeight) checkpoint.linear(torch, scope, "l");

      assertThat(Agreement.of(weight.dequantize(torch, scope), values).greatestRelativeDifference())
          .isLessThanOrEqualTo(golden.tolerance("dequant_rel"));
      assertThat(weight.storedBytes()).isEqualTo(checkpoint.linearBytes("l"));
      assertThat(checkpoint.weightBytes()).isEqualTo(weight.storedBytes());
      assertThat(checkpoint.parameters()).isEqualTo(values.getShape().size());
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }
}
