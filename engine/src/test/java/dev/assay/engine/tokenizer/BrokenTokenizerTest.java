package dev.assay.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.convert.SentencePieceReader;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Broken and hostile tokenizer files: one error that names the file, never anything else. */
class BrokenTokenizerTest {
  private static final String VOCABULARY = "{\"a\": 0, \"b\": 1, \"ab\": 2}";

  @TempDir Path directory;

  private static SentencePieceWriter small() {
    return new SentencePieceWriter()
        .piece("<unk>", 0, 2)
        .piece("<s>", 0, 3)
        .piece("</s>", 0, 3)
        .piece("a", -2, 1)
        .piece("b", -3, 1)
        .piece("ab", -1, 1);
  }

  private static byte[] whole() {
    return small()
        .trainer(SentencePieceWriter.BPE, 1, 2)
        .normalizer(new byte[0], true, false, true)
        .bytes();
  }

  @Test
  void everyCutIsAnError() {
    byte[] whole = whole();
    assertThat(SentencePieceReader.read("file", whole).pieces()).hasSize(6);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> SentencePieceReader.read("file", cut))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("file: ");
    }
  }

  @Test
  void changedBytesAreReadOrRefused() {
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = whole();
      for (int n = random.nextInt(3); n >= 0; n--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(SentencePieceReader.read("file", changed).pieces()).isNotEmpty();
      } catch (BadInputException e) {
        refused++;
        assertThat(e).hasMessageStartingWith("file: ");
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0affffffff07", // a piece of 2 GiB
        "0affffffffffffffffff01", // a length of 2^64 - 1
        "0affffffffffffffffffffff01", // an integer without end
        "0b0a00", // a group
        "0600", // field number 0
        "0a0012", // ends in a tag
        "0a080a0161150000807f", // an infinite score
        "0a050a01611809", // a piece type that is none
        "0a040a02c328", // no UTF-8
      })
  void wireFormatIsChecked(String hex) throws Exception {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(whole());
    content.writeBytes(HexFormat.of().parseHex(hex));
    Path file = Files.write(directory.resolve("tokenizer.model"), content.toByteArray());

    refused().hasMessageStartingWith(file + ": ");
  }

  @Test
  void duplicatePieceIsRefused() throws Exception {
    Files.write(
        directory.resolve("tokenizer.model"),
        small()
            .piece("ab", -7, 1)
            .trainer(SentencePieceWriter.BPE, 1, 2)
            .normalizer(new byte[0], true, false, true)
            .bytes());

    refused().hasMessageContaining("piece 6: found 'ab' again, which is piece 5 too");
  }

  @Test
  void overlongPieceIsRefused() throws Exception {
    Files.write(
        directory.resolve("tokenizer.model"),
        small()
            .piece("a".repeat(100_000), -7, 1)
            .trainer(SentencePieceWriter.BPE, 1, 2)
            .normalizer(new byte[0], true, false, true)
            .bytes());

    refused().hasMessageContaining("piece 6: found text of length 100000, expected 1 to 512");
  }

  @Test
  void modelTypesWithoutSubwordsAreRefused() throws Exception {
    Files.write(
        directory.resolve("tokenizer.model"),
        small().trainer(3, 1, 2).normalizer(new byte[0], true, false, true).bytes());

    refused().hasMessageContaining("key model_type: found 3, expected 1 (Unigram) or 2 (BPE)");
  }

  @Test
  void specialPieceBeyondTheVocabularyIsRefused() throws Exception {
    Files.write(
        directory.resolve("tokenizer.model"),
        small()
            .trainer(SentencePieceWriter.BPE, 1, 60)
            .normalizer(new byte[0], true, false, true)
            .bytes());

    refused().hasMessageContaining("key eos_id: found 60, expected an id below 6");
  }

  /** The library would end the process. */
  @Test
  void brokenRulesAreRefusedInEitherForm() throws Exception {
    Path json = directory.resolve("tokenizer.json");
    Files.writeString(
        json,
        """
        {"normalizer": {"type": "Sequence", "normalizers": [
          {"type": "Precompiled", "precompiled_charsmap": "AQIDBA=="}]},
         "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]]}}""");
    refused().hasMessageStartingWith(json + ": key precompiled_charsmap");
    Files.delete(json);
    Path model =
        Files.write(
            directory.resolve("tokenizer.model"),
            small()
                .trainer(SentencePieceWriter.BPE, 1, 2)
                .normalizer(new byte[] {1, 2, 3}, true, false, true)
                .bytes());
    refused().hasMessageStartingWith(model + ": key precompiled_charsmap");
  }

  /** All of these would end the process or give other ids than the file's. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'post_processor': {'type': 'TemplateProcessing', 'single': [{'SpecialToken':"
            + " {'id': '<s>', 'type_id': 0}}], 'pair': [], 'special_tokens': {}}"
            + "|key post_processor.single: found '<s>', expected one of its own special_tokens",
        "'post_processor': {'type': 'Sequence', 'processors': [{'type': 'TemplateProcessing',"
            + " 'single': [{'Sequence': {'id': 'B', 'type_id': 0}}], 'pair': [],"
            + " 'special_tokens': {}}]}|key post_processor.single: found sequence 'B', expected",
        "'added_tokens': [{'id': 77, 'content': '<x>', 'single_word': false, 'lstrip': false,"
            + " 'rstrip': false, 'normalized': false, 'special': true}]"
            + "|key added_tokens: found '<x>' with id 77, expected id 3",
      })
  void whatTheLibraryDoesNotCheckIsRefused(String part, String message) throws Exception {
    Path file = directory.resolve("tokenizer.json");
    Files.writeString(
        file,
        """
        {"version": "1.0", %s, "model": {"type": "BPE",
         "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}"""
            .formatted(part.replace('\'', '"')));

    refused().hasMessageStartingWith(file + ": " + message);
  }

  @Test
  void mergesWithoutTheirPrefixAreRefused() throws Exception {
    Path file = directory.resolve("tokenizer.json");
    Files.writeString(
        file,
        """
        {"model": {"type": "BPE", "continuing_subword_prefix": "long",
         "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}}""");

    refused().hasMessageStartingWith(file + ": key model.merges: found 'b' as a right part");
  }

  @Test
  void textThatCannotBeEncodedIsAnError() throws Exception {
    Path file = directory.resolve("tokenizer.json");
    Files.writeString(
        file, "{\"model\": {\"type\": \"Unigram\", \"unk_id\": null, \"vocab\": [[\"a\", -1.0]]}}");

    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThat(tokenizer.encode("a")).containsExactly(0);
      assertThatThrownBy(() -> tokenizer.encode("b"))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith(file + ": cannot encode a text");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a z|merge 1: found 'a z', but the vocabulary has no token 'z'",
        "b a|merge 1: found 'b a', but the vocabulary has no token 'ba'",
        "ab|merge 1: found 'ab', expected two tokens",
        "a b b|merge 1: found 'a b b', expected two tokens",
      })
  void mergesOfUnknownTokensAreRefused(String merge, String message) throws Exception {
    Files.writeString(directory.resolve("vocab.json"), VOCABULARY);
    Path merges = Files.writeString(directory.resolve("merges.txt"), merge + "\n");

    refused().hasMessageStartingWith(merges + " with vocab.json: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|found no tokens, expected a vocabulary",
        "{\"a\": 0, \"b\": 0}|found id 0, expected one of its own, not that of",
        "{\"a\": -1}|found id -1, expected one of its own, at least 0",
        "{\"a\": 1e300}|token 'a': found",
        "{\"a\": 99999999999}|token 'a': found 99999999999, expected its id",
        "[]|found no JSON object",
        "{\"a\": |line 1, column 6: not valid JSON",
      })
  void brokenVocabulariesAreRefused(String vocabulary, String message) throws Exception {
    Files.writeString(directory.resolve("vocab.json"), vocabulary);
    Files.writeString(directory.resolve("merges.txt"), "");

    refused().hasMessageContaining(message).hasMessageContaining("vocab.json");
  }

  @Test
  void mergesThatAreNoTextAreRefused() throws Exception {
    Files.writeString(directory.resolve("vocab.json"), VOCABULARY);
    Path merges = Files.write(directory.resolve("merges.txt"), new byte[] {(byte) 0xC3, 0x28});

    refused().hasMessageStartingWith(merges + ": found bytes that are no UTF-8");
  }

  @Test
  void addedTokenWithAGapIsRefused() throws Exception {
    Files.writeString(directory.resolve("vocab.json"), VOCABULARY);
    Files.writeString(directory.resolve("merges.txt"), "a b\n");
    Files.writeString(directory.resolve("added_tokens.json"), "{\"<x>\": 7}");

    refused().hasMessageContaining("added token '<x>': found id 7, expected 3");
  }

  @Test
  void otherKindsOfTokenizersAreRefused() throws Exception {
    Files.writeString(directory.resolve("vocab.json"), VOCABULARY);
    Files.writeString(directory.resolve("merges.txt"), "a b\n");
    Files.writeString(
        directory.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"CLIPTokenizer\"}");

    refused().hasMessageContaining("key tokenizer_class: found 'CLIPTokenizer', expected");
  }

  @Test
  void bosThatIsNotThereIsRefused() throws Exception {
    Files.writeString(directory.resolve("vocab.json"), VOCABULARY);
    Files.writeString(directory.resolve("merges.txt"), "a b\n");
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"add_bos_token\": true, \"bos_token\": \"<s>\"}");

    refused().hasMessageContaining("found '<s>' as bos_token, expected a token of the vocabulary");
  }

  @Test
  void wordPiecesWithoutUnknownOrTwiceAreRefused() throws Exception {
    Path file = directory.resolve("vocab.txt");
    Files.writeString(file, "a\nb\n");
    refused().hasMessageStartingWith(file + ": found no '[UNK]' among 2 tokens");
    Files.writeString(file, "[UNK]\na\na\n");
    refused().hasMessageStartingWith(file + ": line 3: found 'a', which is line 2 too");
  }

  @Test
  void vocabularyWithoutMergesIsNoTokenizer() throws Exception {
    Files.writeString(directory.resolve("vocab.json"), VOCABULARY);

    refused().hasMessageStartingWith(directory + ": no tokenizer; expected");
  }

  @Test
  void idsOfATextBeyondTheModelAreRefused() {
    Path config = directory.resolve("config.json");
    VocabularyCheck.require("text", new long[] {0, 2}, config, 3);
    VocabularyCheck.require("text", new long[] {}, config, 3);
    assertThatThrownBy(() -> VocabularyCheck.require("text", new long[] {0, 3}, config, 3))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "text: found token id 3, expected ids below the vocab_size of 3 in %s"
                .formatted(config));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refused() {
    return assertThatThrownBy(() -> Tokenizer.fromDirectory(directory).close())
        .isInstanceOf(BadInputException.class);
  }
}
