package dev.assay.engine.teacher.prompt;

import java.util.regex.Pattern;

/** What an item of a list says, without what a model sets it off by. */
final class ItemText {
  private static final Pattern STRONG =
      Pattern.compile("(?s)^(\\*\\*|__)(?=\\S)((?:(?!\\1).)+)\\1");
  private static final Pattern SLANTED = Pattern.compile("(?s)^([*_`])(?=\\S)((?:(?!\\1).)+)\\1$");
  private static final Pattern QUOTED =
      Pattern.compile(
          "(?s)^(?:\"([^\"]+)\"|\\u201c([^\\u201c\\u201d]+)\\u201d|\\u00ab([^\\u00ab\\u00bb]+)\\u00bb)$");

  private ItemText() {}

  /** The text without emphasis at its beginning or around it, and quotes around all of it. */
  static String of(String item) {
    String text = item.strip();
    String before;
    do {
      before = text;
      text = STRONG.matcher(text).replaceFirst("$2");
      text = SLANTED.matcher(text).replaceFirst("$2");
      // Of the three ways to quote one matched, and the others are empty.
      text = QUOTED.matcher(text).replaceFirst("$1$2$3").strip();
    } while (!text.equals(before));
    return text;
  }
}
