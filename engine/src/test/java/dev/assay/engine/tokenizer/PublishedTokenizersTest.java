package dev.assay.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.fixture.PublishedFiles;
import dev.assay.engine.tokenizer.convert.Frame;
import dev.assay.engine.tokenizer.convert.SentencePieceConversion;
import dev.assay.engine.tokenizer.convert.SentencePieceReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Published vocabularies in their own forms; the ids are those widely given for them. */
@Tag("slow")
class PublishedTokenizersTest {

  @Test
  void gpt2UnderItsFirstNames() {
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(PublishedFiles.tokenizer("gpt2"))) {
      assertThat(tokenizer.vocabSize()).isEqualTo(50257);
      assertThat(tokenizer.largestId()).isEqualTo(50256);
      assertThat(tokenizer.bosId()).hasValue(50256);
      assertThat(tokenizer.eosId()).hasValue(50256);
      assertThat(tokenizer.addsBos()).isFalse();
      assertThat(tokenizer.encode("Hello world")).containsExactly(15496, 995);
      assertThat(tokenizer.encodeWithSpecialTokens("Hello world")).containsExactly(15496, 995);
      assertThat(tokenizer.encode("<|endoftext|>")).containsExactly(50256);
      assertThat(tokenizer.encode("The quick brown fox jumps over the lazy dog"))
          .containsExactly(464, 2068, 7586, 21831, 18045, 625, 262, 16931, 3290);
      roundTrips(tokenizer);
    }
  }

  @Test
  void gpt2UnderBothNamesIsOne(@TempDir Path directory) throws Exception {
    Path gpt2 = PublishedFiles.tokenizer("gpt2");
    Files.copy(gpt2.resolve("encoder.json"), directory.resolve("vocab.json"));
    Files.copy(gpt2.resolve("vocab.bpe"), directory.resolve("merges.txt"));
    try (Tokenizer first = Tokenizer.fromDirectory(gpt2);
        Tokenizer second = Tokenizer.fromDirectory(directory)) {
      sameIds(first, second);
      assertThat(second.name()).isEqualTo(directory.resolve("vocab.json").toString());
      assertThat(second.sha256()).hasSize(64).isNotEqualTo(first.sha256());
    }
  }

  @Test
  void llama2() {
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(PublishedFiles.tokenizer("llama2"))) {
      assertThat(tokenizer.vocabSize()).isEqualTo(32000);
      assertThat(tokenizer.bosId()).hasValue(1);
      assertThat(tokenizer.eosId()).hasValue(2);
      assertThat(tokenizer.addsBos()).isTrue();
      assertThat(tokenizer.encode("Hello world")).containsExactly(15043, 3186);
      assertThat(tokenizer.encodeWithSpecialTokens("Hello world")).containsExactly(1, 15043, 3186);
      assertThat(tokenizer.encode("\n")).containsExactly(29871, 13);
      assertThat(tokenizer.encode("\ud83e\udd99"))
          .as("a llama, in bytes")
          .containsExactly(29871, 243, 162, 169, 156);
      roundTrips(tokenizer);
    }
  }

  /** Meta's own conversion has 61,249 merges. */
  @Test
  void llama2HasThePublishedMerges() throws Exception {
    Path file = PublishedFiles.tokenizer("llama2").resolve("tokenizer.model");
    SentencePieceConversion conversion =
        new SentencePieceConversion(
            SentencePieceReader.read(file.toString(), Files.readAllBytes(file)));

    String json = conversion.json(conversion.addedPieces(), Frame.NONE);

    assertThat(new ObjectMapper().readTree(json).path("model").path("merges")).hasSize(61249);
  }

  @Test
  void llama3() {
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(PublishedFiles.tokenizer("llama3"))) {
      assertThat(tokenizer.vocabSize()).isEqualTo(128256);
      assertThat(tokenizer.encode("Hello world")).containsExactly(9906, 1917);
      assertThat(tokenizer.encode("<|begin_of_text|>")).containsExactly(128000);
      roundTrips(tokenizer);
    }
  }

  private static void roundTrips(Tokenizer tokenizer) {
    SoftAssertions softly = new SoftAssertions();
    for (String text : SampleTexts.TEXTS) {
      softly.assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
    softly.assertAll();
  }

  static void sameIds(Tokenizer actual, Tokenizer expected) {
    SoftAssertions softly = new SoftAssertions();
    for (String text : SampleTexts.TEXTS) {
      long[] ids = expected.encode(text);
      softly.assertThat(actual.encode(text)).as(text).isEqualTo(ids);
      softly
          .assertThat(actual.encodeWithSpecialTokens(text))
          .as(text)
          .isEqualTo(expected.encodeWithSpecialTokens(text));
      softly.assertThat(actual.decode(ids)).as(text).isEqualTo(expected.decode(ids));
    }
    softly.assertThat(actual.vocabSize()).isEqualTo(expected.vocabSize());
    softly.assertThat(actual.largestId()).isEqualTo(expected.largestId());
    softly.assertAll();
  }
}
