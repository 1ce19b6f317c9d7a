package dev.assay.engine.hub;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Which names of files and revisions may become paths; everything else is refused. */
final class FileName {
  private static final int LONGEST_PART = 255;
  private static final int LONGEST = 1024;

  private FileName() {}

  /**
   * What is wrong with a relative path with slashes.
   *
   * @return the reason, for an error; empty if nothing is
   */
  static Optional<String> fault(String name) {
    if (name.isEmpty()) {
      return Optional.of("it is empty");
    }
    if (name.startsWith("/") || name.matches("[A-Za-z]:.*")) {
      return Optional.of("it is absolute");
    }
    if (name.indexOf('\\') >= 0) {
      return Optional.of("it has a backslash");
    }
    if (name.codePoints().anyMatch(FileName::unprintable)) {
      return Optional.of("it has a control character");
    }
    if (name.length() > LONGEST) {
      return Optional.of("it is longer than " + LONGEST + " characters");
    }
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return Optional.of("it has a part '" + part + "'");
      }
      if (part.getBytes(StandardCharsets.UTF_8).length > LONGEST_PART) {
        return Optional.of("it has a part longer than " + LONGEST_PART + " bytes");
      }
    }
    return Optional.empty();
  }

  /** Control and formatting characters, line separators, and halves of surrogate pairs. */
  private static boolean unprintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /** A name as it can be shown in one line: cut, with everything odd replaced. */
  static String shown(String name) {
    StringBuilder text = new StringBuilder();
    name.codePoints()
        .limit(80)
        .forEach(
            point -> {
              if (unprintable(point)) {
                text.append(String.format("\\u%04x", point));
              } else {
                text.appendCodePoint(point);
              }
            });
    return name.codePointCount(0, name.length()) > 80 ? text + "…" : text.toString();
  }
}
