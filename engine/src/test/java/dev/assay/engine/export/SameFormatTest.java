package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.FileBytes;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What another tool wrote in a format comes out of an export to it with the same bytes, but for
 * scales in bfloat16, which become float32.
 */
class SameFormatTest extends TorchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "gptq/w4_g32_sym_v1, gptq",
    "gptq/w4_g32_asym_v1_act, gptq",
    "gptq/w4_g32_asym_v1_zero0, gptq",
    "gptq/w4_g128_sym_v2_act, gptq",
    "gptq/w3_g32_asym_v2, gptq",
    "gptq/w2_g32_asym_v2_qwen2, gptq",
    "gptq/w8_gfull_sym_v1_opt, gptq",
    "gptq/w4_dynamic_lmhead, gptq",
    "gptq/w4_g32_sym_v1_gpt2, gptq",
    "awq/gemm_g32, awq",
    "awq/gemm_g128_qwen2_not_converted, awq",
    "bitsandbytes/nf4, bitsandbytes",
    "bitsandbytes/nf4_dq, bitsandbytes",
    "bitsandbytes/fp4, bitsandbytes",
    "bitsandbytes/fp4_dq_qwen2_skip, bitsandbytes",
    "bitsandbytes/int8, bitsandbytes",
    "fp8/block32x32, fp8",
    "bitnet/packed_llama, bitnet",
    "compressed-tensors/nvfp4, compressed-tensors",
    "compressed-tensors/mxfp4a16, compressed-tensors",
    "compressed-tensors/mxfp8a16, compressed-tensors",
    "compressed-tensors/w4a16_g32_asym, compressed-tensors",
  })
  void comesOutWithTheSameBytes(String artifact, String format) {
    Checkpoint source = Checkpoint.open(Goldens.room("artifacts").resolve(artifact));
    Path target = directory.resolve("target");

    new ExportFormats().of(format).export(torch, source, target, 1L << 30);

    Checkpoint written = Checkpoint.open(target);
    assertThat(written.names()).isEqualTo(source.names());
    for (String name : source.names()) {
      TensorInfo before = source.info(name);
      TensorInfo after = written.info(name);
      assertThat(after.dtype()).as(name).isEqualTo(before.dtype());
      assertThat(after.shape()).as(name).isEqualTo(before.shape());
      assertThat(FileBytes.of(after, 1 << 24)).as(name).isEqualTo(FileBytes.of(before, 1 << 24));
    }
    assertThat(written.config().at("/quantization_config/quant_method"))
        .isEqualTo(source.config().at("/quantization_config/quant_method"));
  }
}
