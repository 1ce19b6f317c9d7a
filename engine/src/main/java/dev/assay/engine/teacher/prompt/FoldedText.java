package dev.assay.engine.teacher.prompt;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Texts without what prompts that ask for the same differ in. */
final class FoldedText {
  // Of a mark within a word nothing can be told: 1.5 is not 15, nor C++ the same as C.
  private static final Pattern MARKS =
      Pattern.compile("[.,;:!?\\u2026\\u3001\\u3002\\uff01\\uff0c\\uff1a\\uff1b\\uff1f]+(?=\\s|$)");
  private static final Pattern SPACE = Pattern.compile("(?U)\\s+");

  private FoldedText() {}

  /**
   * In lower case, with single spaces between words, and without the marks of a sentence at their
   * ends; all else stays. A text of such marks alone is left as it is.
   */
  static String of(String text) {
    String lower = Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    String spaced = SPACE.matcher(lower).replaceAll(" ").strip();
    String bare = SPACE.matcher(MARKS.matcher(spaced).replaceAll("")).replaceAll(" ").strip();
    return bare.isEmpty() ? text : bare;
  }
}
