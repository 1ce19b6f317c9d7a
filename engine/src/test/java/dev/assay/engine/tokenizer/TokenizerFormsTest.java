package dev.assay.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.PublishedFiles;
import dev.assay.engine.tokenizer.convert.Frame;
import dev.assay.engine.tokenizer.convert.Normalization;
import dev.assay.engine.tokenizer.convert.Piece;
import dev.assay.engine.tokenizer.convert.PieceType;
import dev.assay.engine.tokenizer.convert.SentencePieceConversion;
import dev.assay.engine.tokenizer.convert.SentencePieceModel;
import dev.assay.engine.tokenizer.convert.SentencePieceReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One tokenizer in two forms gives the same ids. */
class TokenizerFormsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path REFERENCE =
      Path.of(System.getProperty("assay.root"), "models", "ref-7m");

  @TempDir Path directory;

  @Test
  void goldenByteLevelAsVocabularyAndMerges() throws Exception {
    asVocabularyAndMerges(Goldens.room("tokenizers").resolve("bytelevel_bpe"));
  }

  @Test
  void referenceModelAsVocabularyAndMerges() throws Exception {
    asVocabularyAndMerges(REFERENCE);
  }

  private void asVocabularyAndMerges(Path published) throws Exception {
    JsonNode root = JSON.readTree(published.resolve("tokenizer.json").toFile());
    Files.writeString(directory.resolve("vocab.json"), root.path("model").path("vocab").toString());
    StringBuilder merges = new StringBuilder("#version: 0.2\n");
    for (JsonNode merge : root.path("model").path("merges")) {
      merges.append(
          merge.isTextual() ? merge.asText() : merge.get(0).asText() + " " + merge.get(1).asText());
      merges.append('\n');
    }
    Files.writeString(directory.resolve("merges.txt"), merges);
    List<String> added = new ArrayList<>();
    root.path("added_tokens").forEach(token -> added.add(token.path("content").asText()));
    Files.writeString(
        directory.resolve("special_tokens_map.json"),
        JSON.writeValueAsString(Map.of("additional_special_tokens", added)));
    try (Tokenizer expected = Tokenizer.fromDirectory(published);
        Tokenizer actual = Tokenizer.fromDirectory(directory)) {
      PublishedTokenizersTest.sameIds(actual, expected);
      for (String token : added) {
        assertThat(actual.encode("a" + token + "b")).isEqualTo(expected.encode("a" + token + "b"));
      }
    }
  }

  @Test
  void goldenSentencePieceAsProtocolBuffer() throws Exception {
    Path published = Goldens.room("tokenizers").resolve("spm_bpe_bytefallback");
    Files.write(directory.resolve("tokenizer.model"), protocolBuffer(published));
    try (Tokenizer expected = Tokenizer.fromDirectory(published);
        Tokenizer actual = Tokenizer.fromDirectory(directory)) {
      PublishedTokenizersTest.sameIds(actual, expected);
      assertThat(actual.bosId()).hasValue(1);
      assertThat(actual.addsBos()).isTrue();
      for (JsonNode golden :
          JSON.readTree(published.resolve("golden.json").toFile()).path("cases")) {
        String text = golden.path("text").asText();
        assertThat(actual.encodeWithSpecialTokens(text))
            .as(text)
            .isEqualTo(expected.encodeWithSpecialTokens(text));
      }
    }
  }

  @Test
  void largeSentencePieceVocabularyAsProtocolBuffer() throws Exception {
    Path published = PublishedFiles.tokenizer("bytefallback-bpe-32000");
    Files.write(directory.resolve("tokenizer.model"), protocolBuffer(published));
    try (Tokenizer expected = Tokenizer.fromDirectory(published);
        Tokenizer actual = Tokenizer.fromDirectory(directory)) {
      PublishedTokenizersTest.sameIds(actual, expected);
    }
  }

  /** Scores as SentencePiece gives them: the later a piece was made, the lower. */
  private static byte[] protocolBuffer(Path published) throws Exception {
    JsonNode model = JSON.readTree(published.resolve("tokenizer.json").toFile()).path("model");
    Map<String, Integer> made = new HashMap<>();
    for (JsonNode merge : model.path("merges")) {
      String text =
          merge.isTextual()
              ? merge.asText().replace(" ", "")
              : merge.get(0).asText() + merge.get(1).asText();
      made.putIfAbsent(text, made.size());
    }
    String[] texts = new String[model.path("vocab").size()];
    model.path("vocab").properties().forEach(e -> texts[e.getValue().asInt()] = e.getKey());
    SentencePieceWriter writer = new SentencePieceWriter();
    for (int id = 0; id < texts.length; id++) {
      boolean isByte = texts[id].matches("<0x[0-9A-F]{2}>");
      int type = id == 0 ? 2 : id < 3 ? 3 : isByte ? 6 : 1;
      Integer rank = made.get(texts[id]);
      writer.piece(texts[id], type != 1 ? 0 : rank == null ? -100_000 - id : -1f - rank, type);
    }
    return writer
        .trainer(SentencePieceWriter.BPE, 1, 2)
        .normalizer(new byte[0], true, false, true)
        .bytes();
  }

  /** As GGUF files hold it: no file, only pieces. */
  @Test
  void piecesWithoutFile() throws Exception {
    Path published = Goldens.room("tokenizers").resolve("spm_bpe_bytefallback");
    SentencePieceModel model = SentencePieceReader.read("metadata", protocolBuffer(published));
    SentencePieceConversion conversion =
        new SentencePieceConversion(
            new SentencePieceModel(
                "metadata",
                SentencePieceModel.Algorithm.BPE,
                model.pieces(),
                Normalization.LLAMA,
                OptionalInt.of(1),
                OptionalInt.of(2)));
    try (Tokenizer expected = Tokenizer.fromDirectory(published);
        Tokenizer actual =
            Tokenizer.fromJson(
                "metadata",
                conversion.json(
                    conversion.addedPieces(),
                    new Frame(List.of(conversion.addedPieces().get(1)), List.of())),
                SpecialTokens.NONE)) {
      PublishedTokenizersTest.sameIds(actual, expected);
      assertThat(actual.name()).isEqualTo("metadata");
    }
  }

  /**
   * The best path by hand: "ab" −2 beats "a" + "b" −6, "▁ab" −9 loses to "▁" + "ab" −3; "x" is
   * unknown.
   */
  @Test
  void unigramTakesTheBestPath() throws Exception {
    Files.write(directory.resolve("spiece.model"), unigram().bytes());
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThat(tokenizer.encode("ab")).containsExactly(3, 6);
      assertThat(tokenizer.encode("  ab  ab ")).containsExactly(3, 6, 3, 6);
      assertThat(tokenizer.encode(" \n ab \n ")).containsExactly(3, 2, 3, 6, 3, 2);
      assertThat(tokenizer.encode("   ")).isEmpty();
      assertThat(tokenizer.encode("axx")).as("unknown ones are one").containsExactly(3, 4, 2);
      assertThat(tokenizer.encode("ab<sep>ab")).containsExactly(3, 6, 8, 3, 6);
      assertThat(tokenizer.encodeWithSpecialTokens("ab")).as("as T5").containsExactly(3, 6, 1);
      assertThat(tokenizer.decode(new long[] {3, 6, 3, 4})).isEqualTo("ab a");
      assertThat(tokenizer.bosId()).isEmpty();
      assertThat(tokenizer.eosId()).hasValue(1);
      assertThat(tokenizer.addsBos()).isFalse();
    }
  }

  @Test
  void unigramFollowsTheCompiledRules() throws Exception {
    Files.write(directory.resolve("spiece.model"), unigram(SentencePieceWriter.charsmap()).bytes());
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThat(tokenizer.encode("\uff21b a")).containsExactly(3, 4, 6, 3, 4);
    }
  }

  private static SentencePieceWriter unigram() {
    return unigram(new byte[0]);
  }

  private static SentencePieceWriter unigram(byte[] rules) {
    return new SentencePieceWriter()
        .piece("<pad>", 0, 3)
        .piece("</s>", 0, 3)
        .piece("<unk>", 0, 2)
        .piece("\u2581", -1, 1)
        .piece("a", -3, 1)
        .piece("b", -3, 1)
        .piece("ab", -2, 1)
        .piece("\u2581ab", -9, 1)
        .piece("<sep>", 0, 4)
        .trainer(SentencePieceWriter.UNIGRAM, -1, 1)
        .normalizer(rules, true, true, true);
  }

  @Test
  void t5HasItsSentinelsBehindTheVocabulary() throws Exception {
    Files.write(directory.resolve("spiece.model"), unigram().bytes());
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"T5Tokenizer\", \"extra_ids\": 3}");
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThat(tokenizer.vocabSize()).isEqualTo(12);
      assertThat(tokenizer.encodeWithSpecialTokens("<extra_id_0>")).containsExactly(11, 1);
      assertThat(tokenizer.encode("<extra_id_2>")).containsExactly(9);
    }
  }

  /** OPT: GPT-2's alphabet, {@code </s>} in front. */
  @Test
  void optPutsItsEndInFront() throws Exception {
    byteLevel(List.of("<s>", "<pad>", "</s>", "<unk>"));
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        """
        {"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true, "add_prefix_space": false,
         "bos_token": {"content": "</s>"}, "eos_token": {"content": "</s>"},
         "unk_token": "</s>", "pad_token": null}""");
    Files.writeString(directory.resolve("special_tokens_map.json"), "{\"pad_token\": \"<pad>\"}");
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThat(tokenizer.encodeWithSpecialTokens("ab")).containsExactly(2, 260);
      assertThat(tokenizer.encode("b</s><pad>")).containsExactly(102, 2, 1);
      assertThat(tokenizer.encode("<s>")).as("no special token there").hasSize(3);
      assertThat(tokenizer.addsBos()).isTrue();
      assertThat(tokenizer.bosId()).hasValue(2);
      assertThat(tokenizer.decodeWithoutSpecialTokens(new long[] {2, 260})).isEqualTo("ab");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void prefixSpaceIsAsConfigured(boolean prefix) throws Exception {
    byteLevel(List.of("<|endoftext|>"));
    Files.writeString(
        directory.resolve("tokenizer_config.json"), "{\"add_prefix_space\": " + prefix + "}");
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThat(tokenizer.encode("ab")).hasSize(prefix ? 2 : 1);
      assertThat(tokenizer.encode("<|endoftext|>")).containsExactly(0);
    }
  }

  @Test
  void addedTokensFollowTheVocabulary() throws Exception {
    byteLevel(List.of("<|endoftext|>"));
    Files.writeString(directory.resolve("added_tokens.json"), "{\"<tool>\": 259, \"<end>\": 258}");
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThat(tokenizer.vocabSize()).isEqualTo(260);
      assertThat(tokenizer.encode("ab<tool><end>ab")).containsExactly(257, 259, 258, 257);
    }
  }

  /** The 256 bytes in GPT-2's alphabet behind some tokens, and the merge "a b". */
  private void byteLevel(List<String> first) throws Exception {
    Map<String, Integer> vocabulary = new HashMap<>();
    first.forEach(token -> vocabulary.put(token, vocabulary.size()));
    int other = 256;
    int base = first.size();
    for (int value = 0; value < 256; value++) {
      boolean shown =
          (value >= '!' && value <= '~')
              || (value >= 0xA1 && value <= 0xAC)
              || (value >= 0xAE && value <= 0xFF);
      vocabulary.put(Character.toString(shown ? value : other++), base + value);
    }
    vocabulary.put("ab", vocabulary.size());
    Files.writeString(directory.resolve("vocab.json"), JSON.writeValueAsString(vocabulary));
    Files.writeString(directory.resolve("merges.txt"), "#version: 0.2\na b\n");
    assertThat(vocabulary).containsEntry("b", base + 98).containsEntry("ab", base + 256);
  }

  @Test
  void bertsWordPieces() throws Exception {
    Files.write(
        directory.resolve("vocab.txt"),
        List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "!"));
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThat(tokenizer.vocabSize()).isEqualTo(9);
      assertThat(tokenizer.encode("UNaffable!")).containsExactly(5, 6, 7, 8);
      assertThat(tokenizer.encodeWithSpecialTokens("un zzz [MASK]")).containsExactly(2, 5, 1, 4, 3);
    }
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"BertTokenizer\", \"do_lower_case\": false}");
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThat(tokenizer.encode("UNaffable!")).containsExactly(1, 8);
    }
  }

  @Test
  void tokenizerJsonComesBeforeTheOthers() throws Exception {
    Files.copy(REFERENCE.resolve("tokenizer.json"), directory.resolve("tokenizer.json"));
    Files.write(directory.resolve("tokenizer.model"), new byte[] {1, 2, 3});
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory);
        Tokenizer expected = Tokenizer.fromDirectory(REFERENCE)) {
      assertThat(tokenizer.sha256()).isEqualTo(expected.sha256());
    }
  }

  @Test
  void userDefinedBlanksAreMadeByMerges() throws Exception {
    List<Piece> pieces = new ArrayList<>(List.of(new Piece("<unk>", 0, PieceType.UNKNOWN)));
    pieces.add(new Piece("\u2581", -5, PieceType.NORMAL));
    pieces.add(new Piece("\u2581\u2581", 0, PieceType.USER_DEFINED));
    pieces.add(new Piece("\u2581\u2581\u2581", 0, PieceType.USER_DEFINED));
    SentencePieceConversion conversion =
        new SentencePieceConversion(
            new SentencePieceModel(
                "pieces",
                SentencePieceModel.Algorithm.BPE,
                pieces,
                new Normalization("", false, false, true),
                OptionalInt.empty(),
                OptionalInt.empty()));
    try (Tokenizer tokenizer =
        Tokenizer.fromJson(
            "pieces", conversion.json(conversion.addedPieces(), Frame.NONE), SpecialTokens.NONE)) {
      assertThat(tokenizer.encode("    ")).containsExactly(3, 1);
      assertThat(tokenizer.decode(new long[] {3, 1})).isEqualTo("    ");
    }
  }

  @Test
  void hashCoversEveryFile() throws Exception {
    byteLevel(List.of("<|endoftext|>"));
    String before = hash();
    Files.writeString(
        directory.resolve("merges.txt"), "#version: 0.2\na b\n\n", StandardCharsets.UTF_8);
    String after = hash();
    Files.writeString(directory.resolve("tokenizer_config.json"), "{}");

    assertThat(Arrays.asList(before, after, hash())).doesNotHaveDuplicates();
  }

  private String hash() {
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      return tokenizer.sha256();
    }
  }
}
