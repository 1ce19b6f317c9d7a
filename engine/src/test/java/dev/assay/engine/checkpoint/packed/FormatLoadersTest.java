package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which families other tools are said to load, by format: those of the table in docs/FORMATS.md.
 */
class FormatLoadersTest {
  private static final List<String> FAMILIES =
      List.of(
          "bert",
          "bloom",
          "falcon",
          "gemma2",
          "gpt2",
          "gpt_neox",
          "gptj",
          "llama",
          "mistral",
          "mixtral",
          "opt",
          "phi3",
          "qwen2",
          "qwen3",
          "t5");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GPTQ | bloom falcon gemma2 gpt2 gpt_neox gptj llama mistral mixtral opt phi3 qwen2 qwen3
          GPTQ_V2 | bloom falcon gemma2 gpt2 gpt_neox gptj llama mistral mixtral opt phi3 qwen2 qwen3
          AWQ | bloom falcon gemma2 gpt_neox gptj llama mistral mixtral opt phi3 qwen2 qwen3
          AWQ_GEMV | bloom falcon gemma2 gpt_neox gptj llama mistral mixtral opt phi3 qwen2 qwen3
          COMPRESSED_TENSORS | bloom gpt_neox gptj llama mistral mixtral opt phi3 qwen2
          INT_QUANTIZED | llama
          FLOAT_QUANTIZED | llama
          MICROSCALED | llama
          BLOCK_FP8 | llama
          BITNET | llama
          BITNET_ONLINE | llama
          BITSANDBYTES | llama
          BITSANDBYTES_INT8 | llama
          """)
  void claimsWhatTheTableSays(Format format, String families) {
    assertThat(FAMILIES)
        .filteredOn(family -> FormatLoaders.of(format, family) == FormatLoaders.LOAD)
        .containsExactly(families.split(" "));
  }

  @Test
  void claimsAreMadeOfEveryFormat() {
    assertThat(Arrays.stream(Format.values()))
        .allSatisfy(format -> assertThat(FormatLoaders.note(format, "llama")).isEmpty());
  }

  /** Modules of the class Conv1D are passed by where a format packs those of the class Linear. */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"GPTQ", "GPTQ_V2", "BITSANDBYTES", "BITSANDBYTES_INT8"})
  void linearsOfAnotherClassAreNotFound(Format format) {
    assertThat(FormatLoaders.note(format, "gpt2"))
        .hasValueSatisfying(note -> assertThat(note).contains("read by Assay only", "Conv1D"));
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void saysWhereNobodyHasTried(Format format) {
    assertThat(FormatLoaders.note(format, "t5"))
        .hasValueSatisfying(
            note ->
                assertThat(note)
                    .contains("nobody has tried", "'t5'", "the format " + format.label()));
  }
}
