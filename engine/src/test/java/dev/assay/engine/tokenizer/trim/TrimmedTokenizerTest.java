package dev.assay.engine.tokenizer.trim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.UnigramTokenizer;
import dev.assay.engine.tokenizer.SpecialTokens;
import dev.assay.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizers of several kinds with fewer tokens. */
class TrimmedTokenizerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Those of other scripts fall back on bytes. */
  private static final List<String> TEXTS =
      List.of(
          "Hello world",
          " two  blanks",
          "It's naïve, 牛 你好 Привет",
          "emoji 😀",
          "new\nlines\ttabs",
          "<0x41> as text");

  @Test
  void mergedTokensWithBytesBesideDecodeToWhatTheyDid() throws IOException {
    Path directory = Goldens.room("tokenizers").resolve("spm_bpe_bytefallback");
    try (Tokenizer before = Tokenizer.fromDirectory(directory)) {
      TrimmableTokenizer whole = TrimmableTokenizer.of("spm", before.json());
      KeptIds kept = half(whole);
      assertThat(kept.size()).isLessThan(before.vocabSize() * 3 / 4);

      try (Tokenizer after = opened(whole, kept)) {
        assertThat(after.vocabSize()).isEqualTo(kept.size());
        assertThat(after.largestId()).isEqualTo(kept.size() - 1L);
        assertThat(after.bosId()).hasValue(kept.find((int) before.bosId().orElseThrow()).get());
        assertThat(after.addsBos()).isEqualTo(before.addsBos());
        for (String text : TEXTS) {
          assertThat(after.decode(after.encode(text)))
              .isEqualTo(before.decode(before.encode(text)));
          assertThat(after.decodeWithoutSpecialTokens(after.encodeWithSpecialTokens(text)))
              .isEqualTo(before.decodeWithoutSpecialTokens(before.encodeWithSpecialTokens(text)));
        }
      }
    }
  }

  @Test
  void piecesKeepTheirScores() throws IOException {
    String json = UnigramTokenizer.json(60).toString();
    TrimmableTokenizer whole = TrimmableTokenizer.of("pieces", json);
    assertThat(whole.required()).hasSize(27).contains(0, 1, 26);
    TreeSet<Integer> ids = new TreeSet<>(whole.required());
    ids.add(40);
    ids.add(50);

    ObjectNode cut = whole.cut(new KeptIds(ids));

    JsonNode vocabulary = cut.path("model").path("vocab");
    assertThat(vocabulary).hasSize(29);
    assertThat(vocabulary.get(27).path(0).asText()).isEqualTo(UnigramTokenizer.piece(40));
    assertThat(vocabulary.get(28).path(1).asDouble()).isEqualTo(-51.0);
    try (Tokenizer before = Tokenizer.fromJson("pieces", json, SpecialTokens.NONE);
        Tokenizer after = Tokenizer.fromJson("pieces", cut.toString(), SpecialTokens.NONE)) {
      assertThat(before.encode(UnigramTokenizer.piece(40))).containsExactly(40);
      assertThat(after.encode(UnigramTokenizer.piece(40))).containsExactly(27);
      assertThat(after.encode("cab")).containsExactly(3, 1, 2);
    }
  }

  /** The number of what is unknown moves with it. */
  @Test
  void theUnknownPieceStaysKnown() {
    ObjectNode root = UnigramTokenizer.json(40);
    ObjectNode model = (ObjectNode) root.path("model");
    model.put("unk_id", 39);
    TrimmableTokenizer whole = TrimmableTokenizer.of("pieces", root.toString());

    ObjectNode cut = whole.cut(new KeptIds(whole.required()));

    assertThat(cut.path("model").path("unk_id").asInt()).isEqualTo(26);
    assertThat(cut.path("model").path("vocab")).hasSize(27);
  }

  @Test
  void wordPiecesFallBackOnLetters() {
    String json =
        """
        {"version": "1.0",
         "added_tokens": [
           {"id": 1, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true},
           {"id": 9, "content": "[EXTRA]", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true}],
         "pre_tokenizer": {"type": "WhitespaceSplit"},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "[EXTRA]", "type_id": 0}},
                      {"Sequence": {"id": "A", "type_id": 0}}],
           "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                    {"Sequence": {"id": "B", "type_id": 0}}],
           "special_tokens": {"[EXTRA]": {"id": "[EXTRA]", "ids": [9], "tokens": ["[EXTRA]"]}}},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
           "max_input_chars_per_word": 100,
           "vocab": {"[UNK]": 0, "[CLS]": 1, "a": 2, "ab": 3, "##b": 4, "##c": 5, "##bc": 6,
                     "b": 7, "abc": 8}}}
        """;
    TrimmableTokenizer whole = TrimmableTokenizer.of("words", json);
    assertThat(whole.required()).containsExactly(0, 1, 2, 4, 5, 7, 9);
    Set<Integer> ids = new TreeSet<>(whole.required());
    ids.add(6);

    ObjectNode cut = whole.cut(new KeptIds(ids));

    try (Tokenizer before = Tokenizer.fromJson("words", json, SpecialTokens.NONE);
        Tokenizer after = Tokenizer.fromJson("words", cut.toString(), SpecialTokens.NONE)) {
      assertThat(before.encode("abc b")).containsExactly(8, 7);
      assertThat(after.encode("abc b")).containsExactly(2, 5, 6);
      assertThat(after.encode("x")).containsExactly(0);
      assertThat(before.encodeWithSpecialTokens("b")).containsExactly(9, 7);
      assertThat(after.encodeWithSpecialTokens("b")).containsExactly(7, 6);
    }
  }

  @Test
  void theFilesBesideSayTheSame(@TempDir Path directory) throws IOException {
    Path source = Goldens.repository().resolve("models/ref-7m");
    PathUtils.copyDirectory(source, directory);
    Files.delete(directory.resolve("model.safetensors"));
    JsonNode model = JSON.readTree(source.resolve("tokenizer.json").toFile()).path("model");
    Files.writeString(directory.resolve("vocab.json"), model.path("vocab").toString());
    Files.writeString(directory.resolve("merges.txt"), "#version: 0.2\nĠ t\n");
    Files.writeString(directory.resolve("added_tokens.json"), "{\"<|endoftext|>\": 0}");
    Files.writeString(directory.resolve("tokenizer.model"), "another form");
    Files.writeString(
        directory.resolve("special_tokens_map.json"),
        "{\"pad_token\": {\"content\": \"Ġpad\"}, \"additional_special_tokens\": [\"Ġmore\"]}");
    ObjectNode config =
        (ObjectNode) JSON.readTree(directory.resolve("tokenizer_config.json").toFile());
    config
        .putObject("added_tokens_decoder")
        .putObject("0")
        .put("content", "<|endoftext|>")
        .put("special", true);
    JSON.writeValue(directory.resolve("tokenizer_config.json").toFile(), config);
    TrimmedFiles files = new TrimmedFiles(directory);
    assertThat(files.special()).containsExactlyInAnyOrder("<|endoftext|>", "Ġpad", "Ġmore");
    TrimmableTokenizer whole;
    try (Tokenizer before = Tokenizer.fromDirectory(directory)) {
      whole = TrimmableTokenizer.of(before.name(), before.json());
    }
    KeptIds kept = half(whole);

    files.write(whole, kept);

    try (Tokenizer json = Tokenizer.fromDirectory(directory)) {
      Files.delete(directory.resolve("tokenizer.json"));
      try (Tokenizer others = Tokenizer.fromDirectory(directory)) {
        assertThat(others.name()).endsWith("vocab.json");
        assertThat(others.vocabSize()).isEqualTo(json.vocabSize()).isEqualTo(kept.size());
        for (String text : TEXTS) {
          assertThat(others.encode(text)).as(text).isEqualTo(json.encode(text));
        }
      }
    }
    assertThat(directory.resolve("tokenizer.model")).doesNotExist();
    assertThat(JSON.readTree(directory.resolve("added_tokens.json").toFile()).path("<|endoftext|>"))
        .hasToString("0");
  }

  @Test
  void idsInConfigurationsMoveOrGo() throws IOException {
    ObjectNode config =
        (ObjectNode)
            JSON.readTree(
                """
                {"bos_token_id": 5, "eos_token_id": [7, 9, 20], "pad_token_id": -1,
                 "sep_token_id": null, "decoder_start_token_id": 20, "hidden_size": 7,
                 "bad_words_ids": [[5, 7], [9]]}
                """);
    assertThat(ConfiguredIds.of(config)).containsExactly(-1, 5, 7, 9, 20);

    ObjectNode other = ConfiguredIds.renumbered(config, new KeptIds(List.of(5, 9, 7)));

    assertThat(other)
        .isEqualTo(
            JSON.readTree(
                """
                {"bos_token_id": 0, "eos_token_id": [1, 2], "pad_token_id": -1,
                 "sep_token_id": null, "decoder_start_token_id": null, "hidden_size": 7,
                 "bad_words_ids": [[0, 1], [2]]}
                """));
  }

  @Test
  void bertsProcessorsNameIdsToo() throws IOException {
    JsonNode processor =
        JSON.readTree(
            """
            {"type": "Sequence", "processors": [
              {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
              {"type": "ByteLevel"}]}
            """);
    assertThat(PostProcessors.ids(processor)).containsExactly(2, 3);

    PostProcessors.renumber(processor, new KeptIds(List.of(2, 3)));

    assertThat(PostProcessors.ids(processor)).containsExactly(0, 1);
  }

  @Test
  void otherKindsAreRefused() {
    assertThatThrownBy(
            () ->
                TrimmableTokenizer.of(
                    "words", "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 0}}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessage("words: key model.type: found 'WordLevel', expected BPE, Unigram or WordPiece");
    assertThatThrownBy(
            () ->
                TrimmableTokenizer.of(
                    "clip",
                    "{\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"</w>\","
                        + " \"vocab\": {\"a</w>\": 0}, \"merges\": []}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("an end_of_word_suffix, expected tokens that spell");
    assertThatThrownBy(() -> TrimmableTokenizer.of("none", "{}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key model: found none");
  }

  /** Parts of a token are what merging its letters goes through, and no others. */
  @Test
  void partsAreWhatMergingGoesThrough() {
    TrimmableTokenizer merged =
        TrimmableTokenizer.of(
            "letters",
            """
            {"model": {"type": "BPE",
              "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, "ab": 4, "bc": 5, "cd": 6, "abcd": 7,
                        "abc": 8, "never": 9},
              "merges": [["a", "b"], ["b", "c"], "c d", ["ab", "c"], ["ab", "cd"]]}}
            """);

    assertThat(merged.parts(7)).containsExactly(0, 1, 2, 3, 4, 6, 7);
    assertThat(merged.parts(8)).containsExactly(0, 1, 2, 4, 8);
    assertThat(merged.parts(9)).containsExactly(9);
    ObjectNode cut = merged.cut(new KeptIds(merged.parts(7)));
    assertThat(cut.path("model").path("merges"))
        .hasToString("[[\"a\",\"b\"],\"c d\",[\"ab\",\"cd\"]]");
  }

  /** What has to stay, and every other token with its parts. */
  private static KeptIds half(TrimmableTokenizer whole) {
    Set<Integer> ids = new TreeSet<>();
    whole.required().forEach(id -> ids.addAll(whole.parts(id)));
    List<Integer> all = new ArrayList<>(whole.tokens().keySet());
    for (int i = 0; i < all.size() / 8; i++) {
      ids.addAll(whole.parts(all.get(i * 2)));
    }
    return new KeptIds(ids);
  }

  private static Tokenizer opened(TrimmableTokenizer whole, KeptIds kept) {
    return Tokenizer.fromJson("cut", whole.cut(kept).toString(), SpecialTokens.NONE);
  }
}
