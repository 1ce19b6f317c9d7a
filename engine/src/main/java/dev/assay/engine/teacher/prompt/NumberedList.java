package dev.assay.engine.teacher.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A numbered list in a model's answer. */
final class NumberedList {
  private static final Pattern ITEM =
      Pattern.compile("(?m)^([ \\t]*)(\\d{1,4})[.):](?=\\s|\\z)[ \\t]*");
  private static final Pattern PARAGRAPH = Pattern.compile("\\R[ \\t]*\\R+([ \\t]*)(?=\\S)");
  private static final int TAB = 4;

  private NumberedList() {}

  /**
   * The items in their order, without emphasis and quotes around them. A number begins one if it is
   * the next one, white space follows its mark, and it is indented as the first is, or by one space
   * more or less, as numbers aligned to the right are. The last item ends where a paragraph begins
   * that is indented no further than that.
   *
   * @param cutOff whether the answer ended at its limit: the last item is left out then
   */
  static List<String> items(String answer, boolean cutOff) {
    List<String> items = new ArrayList<>();
    Matcher matcher = ITEM.matcher(answer);
    int begin = -1;
    int next = -1;
    int indentation = 0;
    while (matcher.find()) {
      int number = Integer.parseInt(matcher.group(2));
      int width = width(matcher.group(1));
      if (begin < 0) {
        indentation = width;
      } else if (number != next || Math.abs(width - indentation) > 1) {
        continue;
      } else {
        items.add(ItemText.of(answer.substring(begin, matcher.start())));
      }
      begin = matcher.end();
      next = number + 1;
    }
    if (begin >= 0 && !cutOff) {
      items.add(ItemText.of(last(answer.substring(begin), indentation)));
    }
    return items;
  }

  private static String last(String rest, int indentation) {
    Matcher matcher = PARAGRAPH.matcher(rest);
    while (matcher.find()) {
      if (width(matcher.group(1)) <= indentation + 1) {
        return rest.substring(0, matcher.start());
      }
    }
    return rest;
  }

  private static int width(String space) {
    return space.chars().map(each -> each == '\t' ? TAB : 1).sum();
  }
}
