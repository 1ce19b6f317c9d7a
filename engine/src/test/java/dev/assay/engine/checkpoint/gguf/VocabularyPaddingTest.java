package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyPaddingTest {
  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final GgufValue TWO =
      new GgufValue.Array(
          ValueType.STRING, List.of(new GgufValue.Text("a"), new GgufValue.Text("[PAD3]")));

  @Test
  void namesUnusedTokensThatNoneHas() {
    Map<String, GgufValue> padded =
        VocabularyPadding.padded(Map.of(TOKENS, TWO), 4, "x.gguf: tokenizer");

    assertThat(padded.get(TOKENS))
        .isEqualTo(
            new GgufValue.Array(
                ValueType.STRING,
                List.of(
                    new GgufValue.Text("a"),
                    new GgufValue.Text("[PAD3]"),
                    new GgufValue.Text("[PAD2]"),
                    new GgufValue.Text("[PAD3_1]"))));
  }

  /** Files of others may have anything under a key. */
  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.ggml.token_type", "tokenizer.ggml.scores"})
  void aSingleValueInThePlaceOfAListIsNamed(String key) {
    assertThatThrownBy(
            () ->
                VocabularyPadding.padded(
                    Map.of(TOKENS, TWO, key, GgufValue.uint32(1)), 4, "x.gguf: tokenizer"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "x.gguf: tokenizer: key "
                + key
                + ": found a single UINT32, expected an array, one value a token");
  }
}
