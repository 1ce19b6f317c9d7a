package dev.assay.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.Goldens;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The bytes of tokens add up to those of the text. */
class TokenBytesTest {
  private static final Path REFERENCE =
      Path.of(System.getProperty("assay.root"), "models", "ref-7m");

  @Test
  void ofByteLevelVocabulariesThatIsExact() {
    for (Path directory : new Path[] {REFERENCE, golden("bytelevel_bpe")}) {
      try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
        for (String text : SampleTexts.TEXTS) {
          assertThat(sum(tokenizer, tokenizer.encode(text))).isEqualTo(utf8(text));
        }
      }
    }
  }

  /** Its tokenizer puts a space in front of a text. */
  @Test
  void ofSentencePieceTheSpaceInFrontIsOneMore() {
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(golden("spm_bpe_bytefallback"))) {
      for (String text : SampleTexts.TEXTS) {
        String decoded = tokenizer.decode(tokenizer.encode(text));
        assertThat(sum(tokenizer, tokenizer.encode(text)))
            .as(text)
            .isBetween(utf8(decoded), utf8(decoded) + 1);
      }
    }
  }

  @Test
  void aSpecialTokenIsItsContent() {
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(REFERENCE)) {
      assertThat(tokenizer.bytes().of(0)).hasValue("<|endoftext|>".length());
      assertThat(tokenizer.bytes().of(-1)).isEmpty();
      assertThat(tokenizer.bytes().of(8192)).isEmpty();
    }
  }

  /** Pieces of words do not say whether a space stood before them. */
  @Test
  void ofWordPieceNothingIsKnown() {
    String json =
        """
        {"version": "1.0", "added_tokens": [],
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": false},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
           "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "a": 1, "##b": 2}}}
        """;
    try (Tokenizer tokenizer = Tokenizer.fromJson("pieces", json, SpecialTokens.NONE)) {
      assertThat(tokenizer.bytes().of(0)).isEmpty();
      assertThat(tokenizer.bytes().of(1)).isEmpty();
    }
  }

  private static Path golden(String name) {
    return Goldens.room("tokenizers").resolve(name);
  }

  private static int sum(Tokenizer tokenizer, long[] ids) {
    TokenBytes bytes = tokenizer.bytes();
    int sum = 0;
    for (long id : ids) {
      sum += bytes.of(id).orElseThrow();
    }
    return sum;
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
