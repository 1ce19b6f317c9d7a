package dev.assay.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.GapTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that models have beside text, as tokenizers name them. */
class GapTokensTest {
  private static final String VOCABULARY = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##c\n<gap>\n";

  @TempDir private Path directory;

  private Tokenizer bert(String config) throws IOException {
    Files.writeString(directory.resolve("vocab.txt"), VOCABULARY);
    Files.writeString(directory.resolve("tokenizer_config.json"), config);
    return Tokenizer.fromDirectory(directory);
  }

  @Test
  void bertsAreThoseOfItsVocabulary() throws IOException {
    try (Tokenizer tokenizer = bert("{\"tokenizer_class\": \"BertTokenizer\"}")) {
      GapTokens tokens = GapTokens.of(tokenizer, 9);
      assertThat(tokens.mask()).isEqualTo(4);
      assertThat(tokens.around()).isEqualTo(2);
      assertThat(tokens.framed(new long[] {5, 7})).containsExactly(2, 5, 7, 3);
      assertThat(tokens.ordinary()).containsExactly(5, 6, 7, 8);
      // A model that has fewer rows than its tokenizer has tokens.
      assertThat(GapTokens.of(tokenizer, 7).ordinary()).containsExactly(5, 6);
      assertThatThrownBy(() -> GapTokens.of(tokenizer, 4))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("found no mask token among the model's 4, expected one");
      assertThatThrownBy(() -> GapTokens.of(tokenizer, 5))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("found special tokens alone");
    }
  }

  @Test
  void whatAFileNamesAsTheMaskIsIt() throws IOException {
    try (Tokenizer tokenizer =
        bert("{\"tokenizer_class\": \"BertTokenizer\", \"mask_token\": \"<gap>\"}")) {
      GapTokens tokens = GapTokens.of(tokenizer, 9);
      assertThat(tokens.mask()).isEqualTo(8);
      assertThat(tokens.ordinary()).containsExactly(5, 6, 7);
    }
  }

  @Test
  void sentinelsStandInTheirOrderAndTextsEndOnce() {
    String json = GapTokenizer.json(60, 3).toString();
    try (Tokenizer tokenizer = Tokenizer.fromJson("t5", json, SpecialTokens.NONE)) {
      SentinelTokens tokens = SentinelTokens.of(tokenizer, 60);
      long first = GapTokenizer.id(60, 3, "<extra_id_0>");
      assertThat(tokens.sentinels(3)).containsExactly(first, first + 1, first + 2);
      long end = GapTokenizer.id(60, 3, "</s>");
      assertThat(tokens.end()).isEqualTo(end);
      assertThat(tokens.ended(new long[] {4})).containsExactly(4, end);
      assertThat(tokens.ended(new long[] {4, end})).containsExactly(4, end);
      assertThat(tokens.ended(new long[0])).containsExactly(end);
      assertThatThrownBy(() -> tokens.sentinels(4))
          .isInstanceOf(BadInputException.class)
          .hasMessage(
              "t5: found 3 sentinels such as <extra_id_0>, expected one for each of 4 spans that are taken out of a text");
      assertThat(SentinelTokens.of(tokenizer, first + 1).sentinels(1)).hasSize(1);
    }
  }
}
