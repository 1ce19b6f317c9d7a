package dev.assay.engine.teacher.prompt;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How alike two texts are by the longest sequence of words that both have in their order (Lin 2004,
 * ROUGE-L): the harmonic mean of its shares of both. Words are as in google-research's rouge_score
 * without stemming, runs of letters and digits in lower case, but in any script, as that code finds
 * no words at all in most of them.
 */
final class RougeL {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

  private RougeL() {}

  /** The words of a text. */
  static List<String> words(String text) {
    return WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(each -> each.group()).toList();
  }

  /** From 0, no word in common, to 1, the same words in the same order. */
  static double score(List<String> a, List<String> b) {
    return a.isEmpty() || b.isEmpty() ? 0 : 2.0 * common(a, b) / (a.size() + b.size());
  }

  /** What the score is at most, from the lengths alone. */
  static double bound(List<String> a, List<String> b) {
    return 2.0 * Math.min(a.size(), b.size()) / (a.size() + b.size());
  }

  private static int common(List<String> a, List<String> b) {
    int[] before = new int[b.size() + 1];
    for (String word : a) {
      int[] row = new int[b.size() + 1];
      for (int j = 1; j < row.length; j++) {
        row[j] = word.equals(b.get(j - 1)) ? before[j - 1] + 1 : Math.max(before[j], row[j - 1]);
      }
      before = row;
    }
    return before[b.size()];
  }
}
