package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.BlockScales;
import dev.assay.engine.weight.Codebook;
import dev.assay.engine.weight.CodebookWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.io.FileUtils;

/** The 4-bit codes of bitsandbytes, with and without scales that are quantized too. */
public final class CodebookCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    checkMade(torch, scope, golden);
    checkRead(torch, scope, golden);
  }

  private static void checkMade(TorchSession torch, NDManager scope, GoldenCase golden) {
    boolean nested = golden.parameter("double_quant").asBoolean();
    NDArray weight = golden.input(scope, "A");
    Codebook table =
        Codebook.valueOf(golden.parameter("quant_type").asText().toUpperCase(Locale.ROOT));

    CodebookWeight made =
        CodebookWeight.quantize(
            torch,
            scope,
            weight,
            table,
            golden.parameter("blocksize").asInt(),
            nested ? golden.parameter("nested_blocksize").asInt() : 0,
            DType.FLOAT16);

    NDArray values = made.dequantize(torch, scope);
    assertThat(Agreement.of(values, golden.tensor(scope, "dequant")).equalFractionRelative(1e-6))
        .isGreaterThanOrEqualTo(golden.tolerance("dequant_equal_fraction_min"));
    assertThat(made.values().toFloatArray())
        .containsExactly(golden.tensor(scope, "code").toFloatArray());
    assertThat((double) made.scales().blocks()).isEqualTo(golden.scalar("blocks"));
    assertThat((double) weight.getShape().size()).isEqualTo(golden.scalar("elements"));
    // Of FP4 two codes are 0.
    assertThat(golden.rule("packed")).contains("codes 0 and 8");
    if (table == Codebook.NF4) {
      assertThat(made.codes().toUint8Array())
          .isEqualTo(golden.tensor(scope, "packed").toUint8Array());
    }
    double limit = golden.tolerance("absmax_rel");
    NDArray absmax = golden.tensor(scope, "absmax");
    if (made.scales() instanceof BlockScales.Nested scales) {
      assertThat(Agreement.of(scales.codes(), golden.tensor(scope, "absmax_q")).equalFraction(0))
          .isGreaterThanOrEqualTo(golden.tolerance("absmax_q_equal_fraction_min"));
      assertThat(
              Agreement.of(scales.codebook(), golden.tensor(scope, "nested_code"))
                  .greatestRelativeDifference())
          .isLessThanOrEqualTo(1e-6);
      assertThat(
              Agreement.of(scales.absmax(), golden.tensor(scope, "nested_absmax"))
                  .greatestRelativeDifference())
          .isLessThanOrEqualTo(1e-5);
      assertThat(scales.offset())
          .isCloseTo(
              golden.tensor(scope, "absmax_offset").toFloatArray()[0], withinPercentage(1e-4));
    } else {
      golden.tolerance("absmax_q_equal_fraction_min");
      NDArray found = ((BlockScales.Plain) made.scales()).absmax();
      assertThat(Agreement.of(found, absmax).greatestRelativeDifference())
          .isLessThanOrEqualTo(limit);
    }
  }

  private static void checkRead(TorchSession torch, NDManager scope, GoldenCase golden)
      throws IOException {
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
