package dev.assay.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.util.Utils;
import dev.assay.engine.config.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
  private static final Path REFERENCE =
      Path.of(System.getProperty("assay.root"), "models", "ref-7m");

  @Test
  void referenceModelHasNoBos() {
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(REFERENCE)) {
      assertThat(tokenizer.vocabSize()).isEqualTo(8192);
      assertThat(tokenizer.bosId()).hasValue(0);
      assertThat(tokenizer.eosId()).hasValue(0);
      assertThat(tokenizer.addsBos()).isFalse();
      assertThat(tokenizer.sha256()).hasSize(64);
    }
  }

  @Test
  void libraryStaysOffTheNetwork() {
    Tokenizer.fromDirectory(REFERENCE).close();

    assertThat(Utils.getEnvOrSystemProperty("OPT_OUT_TRACKING")).isEqualTo("true");
    assertThat(Utils.getEnvOrSystemProperty("RUST_FLAVOR")).isEqualTo("cpu");
  }

  @Test
  void longTextIsEncodedWhole() {
    String text = "The committee met on Tuesday, and nobody spoke.\n\n".repeat(30_000);

    try (Tokenizer tokenizer = Tokenizer.fromDirectory(REFERENCE)) {
      long[] ids = tokenizer.encode(text);

      assertThat(tokenizer.decode(ids)).isEqualTo(text);
    }
  }

  @Test
  void truncationAndPaddingInTheFileAreOff(@TempDir Path directory) throws Exception {
    String json = Files.readString(REFERENCE.resolve("tokenizer.json"));
    String truncating =
        json.replace(
                "\"truncation\": null",
                "\"truncation\": {\"direction\": \"Right\", \"max_length\": 4,"
                    + " \"strategy\": \"LongestFirst\", \"stride\": 0}")
            .replace(
                "\"padding\": null",
                "\"padding\": {\"strategy\": {\"Fixed\": 64}, \"direction\": \"Right\","
                    + " \"pad_to_multiple_of\": null, \"pad_id\": 0, \"pad_type_id\": 0,"
                    + " \"pad_token\": \"<|endoftext|>\"}");
    assertThat(truncating).contains("max_length", "Fixed");
    Files.writeString(directory.resolve("tokenizer.json"), truncating);

    try (Tokenizer expected = Tokenizer.fromDirectory(REFERENCE);
        Tokenizer actual = Tokenizer.fromDirectory(directory)) {
      String text = "One two three four five six seven eight.";
      assertThat(actual.encode(text)).isEqualTo(expected.encode(text));
      assertThat(actual.bosId()).isEmpty();
    }
  }

  @Test
  void missingFileIsNamed(@TempDir Path directory) {
    assertThatThrownBy(() -> Tokenizer.fromDirectory(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(directory + ": no tokenizer; expected tokenizer.json, ");
  }

  @Test
  void cutOffFileIsNamedWithItsLine(@TempDir Path directory) throws Exception {
    byte[] whole = Files.readAllBytes(REFERENCE.resolve("tokenizer.json"));
    Path file = directory.resolve("tokenizer.json");
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));

    assertThatThrownBy(() -> Tokenizer.fromDirectory(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageMatching("(?s).*tokenizer\\.json: line \\d+, column \\d+: not valid JSON.*");
  }

  @Test
  void jsonThatIsNoTokenizerIsRefused(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("tokenizer.json");
    Files.writeString(file, "{\"model\": {\"type\": \"Unheard\", \"vocab\": {\"a\": 0}}}");

    assertThatThrownBy(() -> Tokenizer.fromDirectory(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file.toString());
  }

  @Test
  void fileWithoutVocabularyIsRefused(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("tokenizer.json"), "{\"version\": \"1.0\"}");

    assertThatThrownBy(() -> Tokenizer.fromDirectory(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key model.vocab: found missing");
  }

  @Test
  void unknownBosTokenIsRefused(@TempDir Path directory) throws Exception {
    Files.copy(REFERENCE.resolve("tokenizer.json"), directory.resolve("tokenizer.json"));
    Files.writeString(
        directory.resolve("tokenizer_config.json"), "{\"bos_token\": {\"content\": \"<none>\"}}");

    assertThatThrownBy(() -> Tokenizer.fromDirectory(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key bos_token: found '<none>'");
  }
}
