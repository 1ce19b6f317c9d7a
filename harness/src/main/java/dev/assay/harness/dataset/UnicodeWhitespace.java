package dev.assay.harness.dataset;

import java.util.ArrayList;
import java.util.List;

/**
 * Stripping and splitting at Unicode white space as Python's {@code str.strip()} and {@code
 * str.split()} do: unlike Java's, they take U+00A0 and U+0085 for white space.
 */
final class UnicodeWhitespace {
  private UnicodeWhitespace() {}

  static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isWhitespace(text.charAt(from))) {
      from++;
    }
    while (to > from && isWhitespace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean inWord = i < text.length() && !isWhitespace(text.charAt(i));
      if (inWord && start < 0) {
        start = i;
      } else if (!inWord && start >= 0) {
        words.add(text.substring(start, i));
        start = -1;
      }
    }
    return words;
  }

  /** No white space lies beyond the basic plane, so chars suffice. */
  private static boolean isWhitespace(char c) {
    if (c > ' ' && c < '\u007f') {
      return false;
    }
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
