package dev.assay.engine.teacher.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands within a tag, rewritten where the library reads it in another way than Python's. */
final class TagRewriter {
  private static final String REVERSED = "[::-1]";
  private static final Pattern FILTER = Pattern.compile("\\|\\s*(\\w+)");
  private static final Pattern TEST = Pattern.compile("[\\s)\\]]is\\s+(?:not\\s+)?(\\w+)");
  private static final Pattern CONDITION = Pattern.compile("\\sif\\s");

  private final String inside;
  private final StringBuilder written = new StringBuilder();

  /** For each bracket that is open, whether it holds an argument with a name. */
  private final Deque<Boolean> named = new ArrayDeque<>();

  private final Set<String> filters = new TreeSet<>();
  private final Set<String> tests = new TreeSet<>();
  private boolean condition;

  TagRewriter(String inside) {
    this.inside = inside;
  }

  String rewritten() {
    int i = 0;
    while (i < inside.length()) {
      char c = inside.charAt(i);
      if (c == '\'' || c == '"') {
        int end = endOfText(i);
        written.append(inside, i, end);
        i = end;
        continue;
      }
      if (inside.startsWith(REVERSED, i)) {
        written.append("|reverse");
        i += REVERSED.length();
        continue;
      }
      one(i, c);
      i++;
    }
    return written.toString();
  }

  /** Whether there is a condition outside of brackets. */
  boolean hasCondition() {
    return condition;
  }

  /** Names of the filters. */
  Set<String> filters() {
    return filters;
  }

  /** Names of the tests, as {@code defined} in {@code x is defined}. */
  Set<String> tests() {
    return tests;
  }

  private void one(int i, char c) {
    collect(FILTER, i, filters);
    collect(TEST, i, tests);
    condition |=
        named.isEmpty() && CONDITION.matcher(inside).region(i, inside.length()).lookingAt();
    if (c == '(' || c == '[' || c == '{') {
      written.append(c);
      named.push(false);
    } else if (c == ')' || c == ']' || c == '}') {
      written.append(closing()).append(c);
    } else if (c == ',') {
      boolean within = !named.isEmpty();
      written.append(closing()).append(c);
      if (within) {
        named.push(false);
      }
    } else if (c == '=' && !named.isEmpty() && isAssignment(i)) {
      written.append("=(");
      named.pop();
      named.push(true);
    } else {
      written.append(c);
    }
  }

  /** Ends an argument. */
  private String closing() {
    return !named.isEmpty() && named.pop() ? ")" : "";
  }

  private void collect(Pattern pattern, int i, Set<String> names) {
    Matcher matcher = pattern.matcher(inside).region(i, inside.length());
    if (matcher.lookingAt()) {
      names.add(matcher.group(1));
    }
  }

  private boolean isAssignment(int i) {
    boolean compares =
        inside.startsWith("=", i + 1) || (i > 0 && "=!<>".indexOf(inside.charAt(i - 1)) >= 0);
    return !compares;
  }

  /** Behind the closing quote of a text. */
  private int endOfText(int begin) {
    char quote = inside.charAt(begin);
    for (int i = begin + 1; i < inside.length(); i++) {
      if (inside.charAt(i) == '\\') {
        i++;
      } else if (inside.charAt(i) == quote) {
        return i + 1;
      }
    }
    return inside.length();
  }
}
