package dev.assay.engine.teacher.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RougeLTest {
  /** F-measures of rouge_score 0.1.2, rougeL without stemming. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Write a poem about the sea.|Write a short poem about the deep blue sea!|0.8",
        "What's 3+4?|what s 3 4|1.0",
        "the cat sat on the mat|the mat sat on the cat|0.6666666666666666",
        "alpha|beta|0.0",
        "Name five rivers in Europe, and say where each ends."
            + "|Name three rivers of Europe and tell where they end|0.5",
        "a b c d e f g h i j|a x b x c x d x e x f x g|0.608695652173913",
        "Translate_this sentence|translate this sentence|1.0"
      })
  void isWhatThePublishedCodeSays(String a, String b, double expected) {
    assertThat(RougeL.score(RougeL.words(a), RougeL.words(b))).isCloseTo(expected, within(1e-12));
    assertThat(RougeL.score(RougeL.words(b), RougeL.words(a))).isCloseTo(expected, within(1e-12));
  }

  @Test
  void nothingIsLikeNothing() {
    assertThat(RougeL.score(List.of(), RougeL.words("word"))).isZero();
    assertThat(RougeL.words("Ein Wörterbuch: словарь, 辞書!"))
        .containsExactly("ein", "wörterbuch", "словарь", "辞書");
  }

  /** By trying every subsequence. */
  @Test
  void countsTheLongestCommonSubsequence() {
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      List<String> a = letters(random);
      List<String> b = letters(random);
      int longest = 0;
      for (int mask = 0; mask < 1 << a.size(); mask++) {
        int at = 0;
        int length = 0;
        for (int j = 0; j < a.size(); j++) {
          if ((mask >> j & 1) == 1) {
            int found = b.subList(at, b.size()).indexOf(a.get(j));
            at = found < 0 ? b.size() : at + found + 1;
            length += found < 0 ? -100 : 1;
          }
        }
        longest = Math.max(longest, length);
      }
      double expected = 2.0 * longest / (a.size() + b.size());
      assertThat(RougeL.score(a, b)).isCloseTo(expected, within(1e-12));
      assertThat(RougeL.bound(a, b)).isGreaterThanOrEqualTo(RougeL.score(a, b));
    }
  }

  private static List<String> letters(Random random) {
    List<String> letters = new ArrayList<>();
    int length = 1 + random.nextInt(7);
    for (int i = 0; i < length; i++) {
      letters.add(String.valueOf((char) ('a' + random.nextInt(4))));
    }
    return letters;
  }
}
