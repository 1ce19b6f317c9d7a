package dev.assay.engine.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {
  static Stream<String> hostile() {
    return Stream.of(
        "",
        "/etc/passwd",
        "C:/x",
        "C:x",
        "..",
        ".",
        "../x",
        "a/../../x",
        "a/..",
        "a//b",
        "a/",
        "./a",
        "a\\..\\b",
        "\\\\server\\share",
        "a\u0000b",
        "a\nb",
        "a\u007fb",
        "a\u202eb",
        "a\u2028b",
        "\ud800",
        "x".repeat(256),
        "é".repeat(128),
        "a/".repeat(600) + "a");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void refuses(String name) {
    assertThat(FileName.fault(name)).isPresent();
    assertThat(FileName.shown(name)).doesNotMatch("(?s).*[\\p{Cntrl}\u202e\u2028].*");
    assertThat(FileName.shown(name).length()).isLessThan(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"config.json", ".gitattributes", "a/b/c.gguf", "..a", "modèle 1.bin", "a..b"})
  void accepts(String name) {
    assertThat(FileName.fault(name)).isEmpty();
    assertThat(FileName.shown(name)).isEqualTo(name);
  }
}
