package dev.assay.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.SoftAssertions;

/** Every golden text of a tokenizer, there and back. */
public final class TokenizerCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = golden.path("directory");
    JsonNode texts =
        new ObjectMapper().readTree(directory.resolve("golden.json").toFile()).path("cases");

    assertThat(golden.rule("ids")).isEqualTo("exact");
    assertThat(texts).hasSize((int) golden.scalar("texts"));
    SoftAssertions softly = new SoftAssertions();
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      softly.assertThat(tokenizer.vocabSize()).isEqualTo((int) golden.scalar("vocab_size"));
      softly
          .assertThat(tokenizer.encodeWithSpecialTokens(""))
          .hasSize((int) golden.scalar("ids_in_front"));
      texts.forEach(expected -> check(softly, tokenizer, expected));
    }
    softly.assertAll();
  }

  private static void check(SoftAssertions softly, Tokenizer tokenizer, JsonNode expected) {
    String text = expected.path("text").asText();
    long[] ids = ids(expected.path("ids"));
    long[] withSpecial = ids(expected.path("ids_with_special"));
    softly.assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
    softly.assertThat(tokenizer.encodeWithSpecialTokens(text)).as(text).isEqualTo(withSpecial);
    softly.assertThat(tokenizer.decode(ids)).as(text).isEqualTo(expected.path("decoded").asText());
    softly
        .assertThat(tokenizer.decodeWithoutSpecialTokens(withSpecial))
        .as(text)
        .isEqualTo(expected.path("decoded_skip_special").asText());
  }

  private static long[] ids(JsonNode array) {
    return new ObjectMapper().convertValue(array, long[].class);
  }
}
