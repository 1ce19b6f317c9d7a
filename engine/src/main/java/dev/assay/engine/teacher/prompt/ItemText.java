package dev.assay.engine.teacher.prompt;

import java.util.List;

/** What an item of a list says, without what a model sets it off by. */
final class ItemText {
  private static final List<String> STRONG = List.of("**", "__");

  private record Pair(String begin, String end) {}

  private static final List<Pair> AROUND =
      List.of(
          new Pair("*", "*"),
          new Pair("_", "_"),
          new Pair("`", "`"),
          new Pair("\"", "\""),
          new Pair("\u201c", "\u201d"),
          new Pair("\u00ab", "\u00bb"));

  private ItemText() {}

  /** The text without emphasis at its beginning or around it, and quotes around all of it. */
  static String of(String item) {
    String text = item.strip();
    String before;
    do {
      before = text;
      for (String mark : STRONG) {
        text = withoutLeading(text, mark);
      }
      for (Pair pair : AROUND) {
        text = without(text, pair);
      }
    } while (!text.equals(before));
    return text;
  }

  private static String withoutLeading(String text, String mark) {
    int begin = mark.length();
    int end = text.startsWith(mark) ? text.indexOf(mark, begin) : -1;
    return end <= begin || Character.isWhitespace(text.charAt(begin))
        ? text
        : (text.substring(begin, end) + text.substring(end + mark.length())).strip();
  }

  private static String without(String text, Pair pair) {
    int last = text.length() - 1;
    boolean around =
        last > 1
            && text.startsWith(pair.begin())
            && text.indexOf(pair.end(), 1) == last
            && text.lastIndexOf(pair.begin(), last - 1) == 0;
    return around ? text.substring(1, last).strip() : text;
  }
}
