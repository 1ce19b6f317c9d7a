package dev.assay.harness.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnicodeWhitespaceTest {
  @Test
  void noBreakSpaceIsWhitespace() {
    assertThat(UnicodeWhitespace.strip("\u00a0 a\u00a0b \u0085\u2003")).isEqualTo("a\u00a0b");
    assertThat(UnicodeWhitespace.words("\u00a0one\u00a0two \t\nthree\u3000"))
        .containsExactly("one", "two", "three");
  }

  @Test
  void zeroWidthSpaceIsNot() {
    assertThat(UnicodeWhitespace.strip("\u200ba\u200b")).isEqualTo("\u200ba\u200b");
  }

  @Test
  void blankTextHasNoWords() {
    assertThat(UnicodeWhitespace.strip(" \n\u00a0")).isEmpty();
    assertThat(UnicodeWhitespace.words(" \n\u00a0")).isEmpty();
    assertThat(UnicodeWhitespace.words("")).isEmpty();
  }
}
