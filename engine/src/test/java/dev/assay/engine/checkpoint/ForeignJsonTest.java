package dev.assay.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.ForeignJson;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Variant;
import dev.assay.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of models are read as Python reads them. */
class ForeignJsonTest {
  private static final String TOKENIZER =
      """
      {"version": "1.0", "version": "1.0",
       "added_tokens": [{"id": 3, "id": 2, "content": "<end>", "special": true,
         "single_word": false, "lstrip": false, "rstrip": false, "normalized": false}],
       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false,
         "trim_offsets": true, "use_regex": true},
       "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true,
         "use_regex": true},
       "model": {"type": "BPE", "vocab": {"a": 7, "b": 1, "a": 0}, "merges": [], "merges": []}}
      """;

  @TempDir Path directory;

  private static ForeignJson read(String text) {
    return ForeignJson.read("x.json", text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void lastOfAKeyCounts() {
    ForeignJson json = read("{\"a\": {\"b\": 1, \"c\": 2}, \"x\": [{}, 3],\n\"a\": {\"b\": 4}}");

    assertThat(json.root().toString()).isEqualTo("{\"a\":{\"b\":4},\"x\":[{},3]}");
    assertThat(json.plain()).isFalse();
    assertThat(read("[{\"a\": 1}, {\"a\": 1}]").plain()).isTrue();
  }

  @Test
  void pythonsNumbersAndAByteOrderMark() {
    ForeignJson json = read("\ufeff{\"a\": NaN, \"b\": -Infinity, \"c\": Infinity}");

    assertThat(json.root().get("a").doubleValue()).isNaN();
    assertThat(json.root().get("b").doubleValue()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(json.root().get("c").doubleValue()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(json.plain()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0.5, true", "NaN, false", "Infinity, false", "-Infinity, false", "1e999, false"})
  void whatIsNotFiniteIsNotPlain(String number, boolean plain) {
    assertThat(read("{\"a\": [1, " + number + "]}").plain()).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": 1} x", "{\"a\": 1,}", "{\n// no\n}", "{'a': 1}", "{", "{]"})
  void whatPythonRefusesIsRefused(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("x.json: line ")
        .hasMessageContaining(": not valid JSON: ");
  }

  @Test
  void configurationWithAKeyTwice() throws IOException {
    Path model = Variant.of(ModelFixture.of("llama").checkpoint()).write(directory);
    Path config = model.resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(config, text.replaceFirst("\\{", "{\"vocab_size\": 1, \"x\": NaN,"));

    assertThat(Checkpoint.open(model).config().get("vocab_size"))
        .isEqualTo(ModelFixture.of("llama").checkpoint().config().get("vocab_size"));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void tokenizerWithAKeyTwice(boolean marked) throws IOException {
    Files.writeString(directory.resolve("tokenizer.json"), (marked ? "\ufeff" : "") + TOKENIZER);
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"eos_token\": \"<no>\", \"model_max_length\": 1, \"eos_token\": \"<end>\"}");

    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThat(tokenizer.encode("ab<end>")).containsExactly(0, 1, 2);
      assertThat(tokenizer.eosId()).hasValue(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "-Infinity"})
  void tokenizerWithANumberThatIsNotFinite(String number) throws IOException {
    Path file = directory.resolve("tokenizer.json");
    Files.writeString(
        file, TOKENIZER.replace("\"model\": {", "\"model\": {\"dropout\": [1, " + number + "], "));

    assertThatThrownBy(() -> Tokenizer.fromDirectory(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            file
                + ": key model.dropout[1]: found "
                + number
                + ", expected a finite number, as the tokenizers library takes no other");
  }

  @Test
  void indexWithATensorTwice() throws IOException {
    Path model = Variant.of(ModelFixture.of("llama").checkpoint()).write(directory);
    Files.move(model.resolve("model.safetensors"), model.resolve("one.safetensors"));
    StringBuilder map = new StringBuilder("{\"weight_map\": {\"lm_head.weight\": \"gone\"");
    for (String name : ModelFixture.of("llama").checkpoint().names()) {
      map.append(", \"").append(name).append("\": \"one.safetensors\"");
    }
    Files.writeString(model.resolve("model.safetensors.index.json"), map + "}}");

    assertThat(Checkpoint.open(model).names())
        .isEqualTo(ModelFixture.of("llama").checkpoint().names());
  }

  /** What says where bytes are must say it once. */
  @Test
  void headerWithATensorTwiceIsRefused() {
    byte[] text = "{\"a\": 1,\n\"a\": 2}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> JsonFiles.object("header", text))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessage("header: line 2, column 4: found key 'a' twice");
  }

  /** Of nesting too deep the parser tells no place. */
  @Test
  void nestingTooDeepIsRefused() {
    String deep = "{\"a\": ".repeat(10_000);

    assertThatThrownBy(() -> read(deep))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "x.json: not valid JSON: Document nesting depth (1001) exceeds the maximum allowed"
                + " (1000)");
    assertThatThrownBy(() -> JsonFiles.object("header", deep.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageStartingWith("header: not valid JSON: Document nesting depth (1001)");
  }
}
