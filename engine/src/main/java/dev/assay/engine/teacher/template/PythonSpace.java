package dev.assay.engine.teacher.template;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * White space as Python's {@code str.isspace} has it, which is more than Java's {@code strip} takes
 * off, and other than what {@code trim} does.
 */
final class PythonSpace {
  private static final String SPACE =
      "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
  private static final Pattern LEADING = Pattern.compile("\\A" + SPACE + "+");
  private static final Pattern BETWEEN = Pattern.compile(SPACE + "+");
  private static final Pattern ONE = Pattern.compile(SPACE);

  private PythonSpace() {}

  static String strip(String text) {
    return stripLeading(stripTrailing(text));
  }

  static String stripLeading(String text) {
    return LEADING.matcher(text).replaceFirst("");
  }

  static String stripTrailing(String text) {
    int end = text.length();
    while (end > 0 && ONE.matcher(text).region(end - 1, end).matches()) {
      end--;
    }
    return text.substring(0, end);
  }

  /** The words between. */
  static List<String> split(String text) {
    String bare = strip(text);
    return bare.isEmpty() ? List.of() : Arrays.asList(BETWEEN.split(bare));
  }
}
