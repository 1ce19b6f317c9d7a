package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufValue;
import dev.assay.engine.checkpoint.gguf.TokenizerKeys;
import dev.assay.engine.checkpoint.gguf.ValueType;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.PublishedFiles;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.tokenizer.convert.Piece;
import dev.assay.engine.tokenizer.convert.PieceType;
import dev.assay.engine.tokenizer.convert.SentencePieceModel;
import dev.assay.engine.tokenizer.convert.SentencePieceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SentencePiece vocabularies in a GGUF file, its tokenizer {@code llama}. */
class GgufSentencePieceTest extends TorchTest {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "Hello world",
          "  two blanks   and three ",
          "line\n\nends\r\n\tand tabs",
          "na\u00efve caf\u00e9 Stra\u00dfe e\u0301",
          "\u4f60\u597d\uff0c\u4e16\u754c \u041f\u0440\u0438\u0432\u0435\u0442",
          "\ud83e\udd99 emoji \ud83d\ude00\ud83d\udc69\u200d\ud83d\udc67",
          "<s> written out </s><unk>",
          "int main() { return x[0] != y->z ? 1 : 0; } // ====----",
          "\u0001\u007f\ufffd\u2581");

  @TempDir Path directory;

  /** The pieces go into the file by the keys that the format describes, none of Assay's writing. */
  @Tag("slow")
  @Test
  void llama2GivesTheIdsOfItsOwnFile() throws IOException {
    Path published = PublishedFiles.tokenizer("llama2");
    Path file = published.resolve("tokenizer.model");
    SentencePieceModel model = SentencePieceReader.read(file.toString(), Files.readAllBytes(file));
    Map<String, GgufValue> keys = keys(model.pieces());
    whole(keys, "bos_token_id", 1);
    whole(keys, "eos_token_id", 2);

    try (Tokenizer expected = Tokenizer.fromDirectory(published);
        Tokenizer found = file(keys).tokenizer()) {
      assertSame(found, expected);
      assertThat(found.encodeWithSpecialTokens("Hello world")).containsExactly(1, 15043, 3186);
    }
    flag(keys, "add_bos_token", false);
    flag(keys, "add_eos_token", true);
    flag(keys, "add_space_prefix", false);
    try (Tokenizer found = file(keys).tokenizer()) {
      assertThat(found.addsBos()).isFalse();
      assertThat(found.encodeWithSpecialTokens("Hello world")).containsExactly(10994, 3186, 2);
      assertThat(found.decode(found.encode("Hello world"))).isEqualTo("Hello world");
    }
  }

  @Tag("slow")
  @Test
  void llama2ComesOutOfAnExport() {
    Path published = PublishedFiles.tokenizer("llama2");
    Map<String, GgufValue> keys = TokenizerKeys.of(published);

    assertThat(keys).containsEntry(PREFIX + "model", new GgufValue.Text("llama"));
    try (Tokenizer expected = Tokenizer.fromDirectory(published);
        Tokenizer found = file(keys).tokenizer()) {
      assertSame(found, expected);
    }
  }

  /** Written out as tokenizer.json, the vocabulary is found again in it. */
  @Tag("slow")
  @Test
  void tokenizerJsonOfLlama2ComesOutOfAnExport() {
    Path published = PublishedFiles.tokenizer("llama2");
    Path target = directory.resolve("plain");
    new ExportFormats()
        .of("safetensors")
        .export(torch, file(TokenizerKeys.of(published)), target, 1L << 30);
    Map<String, GgufValue> keys = TokenizerKeys.of(target);

    assertThat(target.resolve("tokenizer.json")).exists();
    assertThat(keys).containsEntry(PREFIX + "model", new GgufValue.Text("llama"));
    try (Tokenizer expected = Tokenizer.fromDirectory(published);
        Tokenizer plain = Tokenizer.fromDirectory(target);
        Tokenizer found = file(keys).tokenizer()) {
      assertSame(plain, expected);
      assertSame(found, expected);
    }
  }

  /** Whatever is written gives the golden ids; what cannot be written is left out. */
  @Test
  void goldenTokenizerIsWrittenRightOrNotAtAll() throws IOException {
    Path fixture = Goldens.room("tokenizers").resolve("spm_bpe_bytefallback");
    Map<String, GgufValue> keys = TokenizerKeys.of(fixture);
    if (keys.containsValue(new GgufValue.Text("no_vocab"))) {
      assertThat(keys).hasSize(1);
      return;
    }
    JsonNode golden = new ObjectMapper().readTree(fixture.resolve("golden.json").toFile());
    try (Tokenizer found = file(keys).tokenizer()) {
      for (JsonNode each : golden.get("cases")) {
        assertThat(found.encodeWithSpecialTokens(each.get("text").asText()))
            .isEqualTo(new ObjectMapper().convertValue(each.get("ids_with_special"), long[].class));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scores       | 2   | key tokenizer.ggml.scores: found 2 values, expected 3",
        "token_type   | 4   | key tokenizer.ggml.token_type: found 4 values, expected 3",
      })
  void listsOfAnotherLength(String key, int count, String message) {
    Map<String, GgufValue> keys = keys(List.of(piece("a", 1), piece("b", 1), piece("<u>", 2)));
    GgufValue.Array array = (GgufValue.Array) Objects.requireNonNull(keys.get(PREFIX + key));
    List<GgufValue> values = new ArrayList<>(array.values());
    values.add(values.get(0));
    keys.put(PREFIX + key, new GgufValue.Array(array.elementType(), values.subList(0, count)));

    assertRefused(keys, message);
  }

  @Test
  void brokenVocabularies() {
    List<Piece> sound = List.of(piece("a", 1), piece("b", 1), piece("<u>", 2));
    Map<String, GgufValue> keys = keys(sound);
    whole(keys, "bos_token_id", 3);
    assertRefused(keys, "key tokenizer.ggml.bos_token_id: found 3, expected below 3");

    keys.putAll(keys(List.of(piece("a", 1), piece("a", 1), piece("<u>", 2))));
    keys.remove(PREFIX + "bos_token_id");
    assertRefused(keys, "piece 1: found 'a' again");

    keys.putAll(keys(sound));
    keys.put(PREFIX + "token_type", wholes(1, 9, 2));
    assertRefused(keys, "key tokenizer.ggml.token_type: found 9 for token 1, expected 1 to 6");

    keys.putAll(keys(sound));
    keys.put(PREFIX + "scores", wholes(1, 1, 1));
    assertRefused(keys, "key tokenizer.ggml.scores: found ");

    keys.remove(PREFIX + "scores");
    assertRefused(keys, "key tokenizer.ggml.scores: found nothing, expected an array of float32");
  }

  private void assertRefused(Map<String, GgufValue> keys, String message) {
    Checkpoint checkpoint = file(keys);
    assertThatThrownBy(checkpoint::tokenizer)
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(checkpoint.directory().toString())
        .hasMessageContaining(message);
  }

  private static void assertSame(Tokenizer found, Tokenizer expected) {
    List<String> texts = new ArrayList<>(TEXTS);
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      texts.add(
          random
              .ints(random.nextInt(1, 40), 1, i % 3 == 0 ? 0xD800 : 128)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString());
    }
    for (String text : texts) {
      long[] ids = expected.encode(text);
      assertThat(found.encode(text)).as(text).isEqualTo(ids);
      assertThat(found.encodeWithSpecialTokens(text))
          .as(text)
          .isEqualTo(expected.encodeWithSpecialTokens(text));
      assertThat(found.decode(ids)).as(text).isEqualTo(expected.decode(ids));
    }
    assertThat(found.vocabSize()).isEqualTo(expected.vocabSize());
    assertThat(found.bosId()).isEqualTo(expected.bosId());
    assertThat(found.eosId()).isEqualTo(expected.eosId());
    assertThat(found.addsBos()).isEqualTo(expected.addsBos());
  }

  private static Piece piece(String text, int type) {
    return new Piece(text, 0, PieceType.of(type).orElseThrow());
  }

  private static Map<String, GgufValue> keys(List<Piece> pieces) {
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    keys.put(PREFIX + "model", new GgufValue.Text("llama"));
    keys.put(
        PREFIX + "tokens",
        new GgufValue.Array(
            ValueType.STRING,
            pieces.stream().<GgufValue>map(each -> new GgufValue.Text(each.text())).toList()));
    keys.put(
        PREFIX + "scores",
        new GgufValue.Array(
            ValueType.FLOAT32,
            pieces.stream().map(each -> GgufValue.float32(each.score())).toList()));
    keys.put(
        PREFIX + "token_type",
        wholes(pieces.stream().mapToInt(each -> each.type().code()).toArray()));
    return keys;
  }

  private static GgufValue wholes(int... values) {
    List<GgufValue> wholes = new ArrayList<>();
    for (int value : values) {
      wholes.add(new GgufValue.Whole(ValueType.INT32, value));
    }
    return new GgufValue.Array(ValueType.INT32, wholes);
  }

  private static void whole(Map<String, GgufValue> keys, String key, int value) {
    keys.put(PREFIX + key, GgufValue.uint32(value));
  }

  private static void flag(Map<String, GgufValue> keys, String key, boolean value) {
    keys.put(PREFIX + key, new GgufValue.Flag(value));
  }

  /** The llama fixture with some tokenizer. */
  private Checkpoint file(Map<String, GgufValue> tokenizer) {
    Checkpoint source = Checkpoint.open(Goldens.room("families").resolve("llama"));
    Path target = directory.resolve(tokenizer.hashCode() + ".gguf");
    new GgufWriter(torch, GgmlType.F16).write(source, "tiny", tokenizer, target);
    return Checkpoint.open(target);
  }
}
