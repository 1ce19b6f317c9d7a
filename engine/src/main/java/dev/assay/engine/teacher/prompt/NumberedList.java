package dev.assay.engine.teacher.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A numbered list in a model's answer. */
final class NumberedList {
  private static final Pattern ITEM = Pattern.compile("(?m)^[ \\t]*(\\d{1,4})[.):][ \\t]*");

  private NumberedList() {}

  /**
   * The items in their order. A number that is not the next one, as in a list within an item,
   * begins none.
   *
   * @param cutOff whether the answer ended at its limit: the last item is left out then
   */
  static List<String> items(String answer, boolean cutOff) {
    List<String> items = new ArrayList<>();
    Matcher matcher = ITEM.matcher(answer);
    int begin = -1;
    int next = -1;
    while (matcher.find()) {
      int number = Integer.parseInt(matcher.group(1));
      if (begin < 0 || number == next) {
        if (begin >= 0) {
          items.add(answer.substring(begin, matcher.start()).strip());
        }
        begin = matcher.end();
        next = number + 1;
      }
    }
    if (begin >= 0 && !cutOff) {
      items.add(answer.substring(begin).strip());
    }
    return items;
  }
}
