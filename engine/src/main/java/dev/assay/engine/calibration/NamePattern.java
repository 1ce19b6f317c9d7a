package dev.assay.engine.calibration;

import dev.assay.engine.config.InvalidValueException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * A pattern of names: a glob, with {@code *} for any characters, {@code ?} for one and {@code
 * [0-3]} for one of some; after {@code re:} a regular expression of the whole name.
 *
 * @param text as it is written
 * @param compiled what it says
 */
public record NamePattern(String text, Pattern compiled) {
  private static final String REGEX = "re:";

  /**
   * Reads a pattern.
   *
   * @param key of the list that it stands in
   * @throws InvalidValueException if it is none
   */
  public static NamePattern of(String key, String text) {
    boolean regex = text.startsWith(REGEX);
    try {
      return new NamePattern(
          text, Pattern.compile(regex ? text.substring(REGEX.length()) : glob(text)));
    } catch (PatternSyntaxException e) {
      throw new InvalidValueException(
          key,
          "'" + text + "'",
          (regex ? "a regular expression after re:" : "a name or a pattern such as 'mlp.*'")
              + " ("
              + e.getDescription()
              + ")");
    }
  }

  /** Whether it is a name's own text and no pattern. */
  boolean says(String word) {
    return text.equals(word);
  }

  /** Whether it fits one of the names of something. */
  public boolean fits(Stream<String> names) {
    return names.anyMatch(name -> compiled.matcher(name).matches());
  }

  private static String glob(String text) {
    StringBuilder regex = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      int end = c == '[' ? text.indexOf(']', at + 2) : -1;
      if (end > 0) {
        regex.append('[').append(text.substring(at + 1, end).replace("!", "^")).append(']');
        at = end;
      } else {
        regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
      }
      at++;
    }
    return regex.toString();
  }
}
