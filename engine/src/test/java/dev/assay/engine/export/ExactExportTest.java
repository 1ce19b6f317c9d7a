package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantized checkpoints go from format to format without a value changing, or not at all. */
class ExactExportTest extends TorchTest {
  @TempDir Path directory;

  private static Checkpoint artifact(String name) {
    Path path = Goldens.room("artifacts").resolve(name);
    return Checkpoint.open(name.startsWith("gguf/") ? path.resolve("model.gguf") : path);
  }

  private Checkpoint export(
      Checkpoint source, String format, @Nullable String type, boolean requantize) {
    Path target = directory.resolve(format.equals("gguf") ? "model.gguf" : format);
    new ExportFormats()
        .of(format)
        .export(
            torch,
            source,
            target,
            new ExportOptions(1L << 30, Optional.ofNullable(type), requantize));
    return Checkpoint.open(target);
  }

  private void assertSame(Checkpoint source, Checkpoint written) {
    List<String> linears =
        source.names().stream()
            .filter(
                name -> name.matches(".*(proj|attn|fc|lm_head|w\\d)\\.(q?weight|weight_packed)"))
            .map(name -> name.substring(0, name.lastIndexOf('.')))
            .toList();
    assertThat(linears).hasSizeGreaterThan(6);
    for (String linear : linears) {
      try (NDManager each = scope.newSubManager()) {
        NDArray expected = source.linear(torch, each, linear).dequantize(torch, each);
        NDArray found = written.linear(torch, each, linear).dequantize(torch, each);
        assertThat(torch.tensors().floats(found))
            .as(linear)
            .isEqualTo(torch.tensors().floats(expected));
      }
    }
  }

  /** Each matrix in the smallest type that has its values. */
  @ParameterizedTest
  @CsvSource({
    "gptq/w4_g32_sym_v1, q_proj, Q4_0",
    "gptq/w4_dynamic_lmhead, q_proj, Q8_0",
    "gptq/w4_dynamic_lmhead, gate_proj, Q4_0",
    "gptq/w2_g32_asym_v2_qwen2, q_proj, Q4_0",
    "gptq/w3_g32_asym_v2, up_proj, Q4_0",
    "gptq/w4_g32_asym_v1_zero0, q_proj, Q5_0",
    "awq/gemm_g32, q_proj, Q5_0",
    "awq/gemv_g64, down_proj, Q5_0",
    "compressed-tensors/w4a16_g32_sym, q_proj, Q4_0",
    "compressed-tensors/mixed_w8attn_w4mlp_ignore_regex, q_proj, Q8_0",
    "gguf/llama_Q4_0, q_proj, Q4_0",
    "gguf/llama_Q4_K_M, q_proj, Q4_K",
    "gguf/llama_IQ4_NL, q_proj, IQ4_NL",
    "gguf/llama_TQ2_0, q_proj, TQ2_0",
  })
  void toGguf(String artifact, String linear, GgmlType type) {
    Checkpoint source = artifact(artifact);

    Checkpoint written = export(source, "gguf", null, false);

    String place =
        linear.equals("q_proj")
            ? "blk.0.attn_q"
            : "blk.0.ffn_" + linear.substring(0, linear.indexOf('_'));
    GgufFile header = written.gguf().orElseThrow();
    GgmlType found = header.tensor(place + ".weight").orElseThrow().type();
    // A minimum that float16 holds in every group makes the smaller type exact.
    assertThat(found == GgmlType.Q4_1 ? GgmlType.Q5_0 : found).isEqualTo(type);
    assertSame(source, written);
  }

  @Test
  void toGgufInTheTypeAskedFor() {
    Checkpoint source = artifact("gptq/w4_g32_sym_v1");

    Checkpoint written = export(source, "gguf", "q8_0", false);

    assertThat(written.format("model.layers.0.mlp.up_proj")).isEqualTo("Q8_0");
    assertSame(source, written);
  }

  @ParameterizedTest
  @CsvSource({
    "gptq/w4_g32_sym_v1, compressed-tensors",
    "gptq/w4_g32_sym_v1, awq",
    "gptq/w2_g32_asym_v2_qwen2, compressed-tensors",
    "gptq/w3_g32_asym_v2, compressed-tensors",
    "gptq/w4_g32_asym_v1_zero0, awq",
    "awq/gemm_g32, gptq",
    "awq/gemv_g64, awq",
    "awq/gemm_g32, compressed-tensors",
    "compressed-tensors/w4a16_g32_asym, gptq",
    "compressed-tensors/w4a16_g32_asym, awq",
    "compressed-tensors/w3a16_g32_sym_dense_pack, gptq",
    "compressed-tensors/mixed_w8attn_w4mlp_ignore_regex, gptq",
    "gguf/llama_Q4_0, gptq",
    "gguf/llama_Q4_0, awq",
    "gguf/llama_Q4_0, compressed-tensors",
    "bitsandbytes/int8, gptq",
    "gptq/w4_g32_sym_v1_gpt2, gptq",
  })
  void betweenLayoutsOfGrids(String artifact, String format) {
    Checkpoint source = artifact(artifact);

    assertSame(source, export(source, format, null, false));
  }

  /** Widths of several linears are said by GPTQ's {@code dynamic}. */
  @Test
  void widthsOfTheirOwn() {
    Checkpoint source = artifact("compressed-tensors/mixed_w8attn_w4mlp_ignore_regex");

    Checkpoint written = export(source, "gptq", null, false);

    assertThat(written.config().at("/quantization_config/dynamic").size()).isGreaterThan(2);
    assertThat(written.quantization("model.layers.0.self_attn.q_proj").orElseThrow().bits())
        .isEqualTo(8);
    assertThat(written.quantization("model.layers.0.mlp.up_proj").orElseThrow().bits())
        .isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gptq/w4_g32_sym_v1 | gguf | iq4_nl | model.layers.0.self_attn.q_proj: found a weight in"
            + " the form int4 g32, which IQ4_NL would round anew; expected",
        "gptq/w4_g32_sym_v1 | gguf | f16 | which F16 would round anew",
        "awq/gemm_g32 | gguf | q4_0 | which Q4_0 would round anew",
        "gguf/llama_Q4_K_M | gguf | q8_0 | found a weight in the form Q4_K, which Q8_0 would",
        "bitsandbytes/nf4 | gguf | | found a weight in the form codebook4 b64",
        "gptq/w4_g32_asym_v1_act | gguf | | whose values no type of GGUF below float32 has",
        "bitsandbytes/nf4 | gptq | | GPTQ would have to round it again, which the recipe gptq-w4-g128",
        "gptq/w4_g32_asym_v1_act | awq | | AWQ knows no others",
        "gptq/w4_dynamic_lmhead | awq | | found codes of 8 bits, expected 4: AWQ",
        "compressed-tensors/w2a16_g32_sym | awq | | found codes of 2 bits",
      })
  void whatWouldBeRoundedAnew(String artifact, String format, String type, String message) {
    Checkpoint source = artifact(artifact);

    assertThatThrownBy(() -> export(source, format, type, false))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
    assertThat(directory).isEmptyDirectory();
  }

  /** Then a type that has other grids is as near as it is to dense values. */
  @Test
  void roundedAnewWhereThatIsAllowed() {
    Checkpoint source = artifact("gptq/w4_g32_sym_v1");

    Checkpoint written = export(source, "gguf", "q8_0", true);
    assertSame(source, written);

    Checkpoint coarse = artifact("awq/gemm_g32");
    Path target = directory.resolve("coarse.gguf");
    new ExportFormats()
        .of("gguf")
        .export(torch, coarse, target, new ExportOptions(1, Optional.of("q4_0"), true));
    String linear = "model.layers.0.mlp.up_proj";
    float[] before = coarse.linear(torch, scope, linear).dequantize(torch, scope).toFloatArray();
    float[] after =
        Checkpoint.open(target)
            .linear(torch, scope, linear)
            .dequantize(torch, scope)
            .toFloatArray();
    assertThat(Arrays.equals(before, after)).isFalse();
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isCloseTo(before[i], within(0.2f));
    }
  }
}
