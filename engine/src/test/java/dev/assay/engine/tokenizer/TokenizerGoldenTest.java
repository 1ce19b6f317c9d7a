package dev.assay.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every string of the tokenizer fixtures, exactly. */
class TokenizerGoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({"bytelevel_bpe, 40, false", "spm_bpe_bytefallback, 42, true"})
  void agreesWithTheReference(String name, int cases, boolean specialInFront) throws Exception {
    Path directory =
        Path.of(System.getProperty("assay.root"), "..", "shared", "fixtures", "tokenizer", name);
    assumeTrue(Files.isDirectory(directory), () -> "no tokenizer fixtures at " + directory);
    JsonNode golden = JSON.readTree(directory.resolve("golden.json").toFile());

    assertThat(golden.path("cases")).hasSize(cases);
    SoftAssertions softly = new SoftAssertions();
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      softly.assertThat(tokenizer.vocabSize()).isEqualTo(golden.path("vocab_size").asInt());
      softly
          .assertThat(tokenizer.encodeWithSpecialTokens("").length == 1)
          .isEqualTo(specialInFront);
      for (JsonNode expected : golden.path("cases")) {
        String text = expected.path("text").asText();
        long[] ids = ids(expected.path("ids"));
        long[] withSpecial = ids(expected.path("ids_with_special"));
        softly.assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
        softly.assertThat(tokenizer.encodeWithSpecialTokens(text)).as(text).isEqualTo(withSpecial);
        softly
            .assertThat(tokenizer.decode(ids))
            .as(text)
            .isEqualTo(expected.path("decoded").asText());
        softly
            .assertThat(tokenizer.decodeWithoutSpecialTokens(withSpecial))
            .as(text)
            .isEqualTo(expected.path("decoded_skip_special").asText());
      }
    }
    softly.assertAll();
  }

  private static long[] ids(JsonNode array) {
    long[] ids = new long[array.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = array.get(i).asLong();
    }
    return ids;
  }
}
