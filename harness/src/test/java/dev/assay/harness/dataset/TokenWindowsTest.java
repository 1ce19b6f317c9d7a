package dev.assay.harness.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenWindowsTest {
  private static final Path REFERENCE =
      Path.of(System.getProperty("assay.root"), "models", "ref-7m");

  @Test
  void europarlTestHasSixtyWindowsOf1024() {
    DatasetSplit split =
        new DatasetRegistry(DatasetLocations.fromEnvironment(Map.of(), Path.of("no-home")))
            .load("europarl-en", "test");
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(REFERENCE)) {
      TokenSequence tokens = TokenSequence.of(split, tokenizer, BosPolicy.NONE);
      TokenWindows windows = TokenWindows.cut(tokens, 1024);

      assertThat(tokens.size()).isEqualTo(61_479);
      assertThat(windows.count()).isEqualTo(60);
      assertThat(windows.unused()).isEqualTo(39);
      assertThat(split.text()).startsWith(tokenizer.decode(windows.window(0)));

      TokenSequence withBos = TokenSequence.of(split, tokenizer, BosPolicy.FIRST);
      assertThat(withBos.size()).isEqualTo(61_480);
      assertThat(withBos.slice(0, 1)).containsExactly(0);
      assertThat(withBos.slice(1, 61_479)).isEqualTo(tokens.slice(0, 61_479));
    }
  }

  @Test
  void windowsAreDisjointAndInOrder() {
    TokenWindows windows = TokenWindows.cut(tokens(11), 4);

    assertThat(windows.count()).isEqualTo(2);
    assertThat(windows.window(0)).containsExactly(0, 1, 2, 3);
    assertThat(windows.window(1)).containsExactly(4, 5, 6, 7);
    assertThat(windows.unused()).isEqualTo(3);
    assertThatThrownBy(() -> windows.window(2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void capsKeepTheFront() {
    assertThat(TokenWindows.cut(tokens(11).first(9), 3).count()).isEqualTo(3);
    assertThat(tokens(11).first(100).size()).isEqualTo(11);
    TokenWindows one = TokenWindows.cut(tokens(11), 4).first(1);
    assertThat(one.count()).isEqualTo(1);
    assertThat(one.window(0)).containsExactly(0, 1, 2, 3);
    assertThat(TokenWindows.cut(tokens(11), 4).first(100).count()).isEqualTo(2);
  }

  @Test
  void textOfOneWindowIsEnough() {
    assertThat(TokenWindows.cut(tokens(4), 4).unused()).isZero();
  }

  @Test
  void shorterTextIsAnError() {
    assertThatThrownBy(() -> TokenWindows.cut(tokens(3), 4))
        .isInstanceOf(BadInputException.class)
        .hasMessage("counting: found 3 tokens, expected at least 4 for one window");
  }

  @Test
  void aBosInEachWindowIsOneOfItsTokens() {
    TokenWindows windows = TokenWindows.cut(tokens(11), 4, OptionalLong.of(99));

    assertThat(windows.count()).isEqualTo(3);
    assertThat(windows.unused()).isEqualTo(2);
    assertThat(windows.window(0)).containsExactly(99, 0, 1, 2);
    assertThat(windows.window(2)).containsExactly(99, 6, 7, 8);
    assertThat(windows.first(1).count()).isEqualTo(1);
    assertThat(TokenWindows.cut(tokens(3), 4, OptionalLong.of(99)).count()).isEqualTo(1);
    assertThatThrownBy(() -> TokenWindows.cut(tokens(2), 4, OptionalLong.of(99)))
        .hasMessage("counting: found 2 tokens, expected at least 3 for one window");
  }

  @Test
  void bosWithoutSuchATokenIsAnError(@TempDir Path directory) throws Exception {
    Files.copy(REFERENCE.resolve("tokenizer.json"), directory.resolve("tokenizer.json"));
    DatasetSplit split = new DatasetSplit("d", "s", "text", "", 4);
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(directory)) {
      assertThatThrownBy(() -> TokenSequence.of(split, tokenizer, BosPolicy.FIRST))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("expected 'none'");
    }
  }

  private static TokenSequence tokens(int size) {
    return new TokenSequence("counting", LongStream.range(0, size).toArray());
  }
}
