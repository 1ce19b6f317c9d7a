package dev.assay.harness.cli;

/** Keeps a message in its line, whatever names of files or keys are in it. */
final class OneLine {
  private OneLine() {}

  /** The text with control characters and line separators as escapes. */
  static String of(String text) {
    StringBuilder line = new StringBuilder();
    text.chars()
        .forEach(
            each -> {
              if (Character.isISOControl(each) || each == '\u2028' || each == '\u2029') {
                line.append(escape(each));
              } else {
                line.append((char) each);
              }
            });
    return line.toString();
  }

  private static String escape(int character) {
    return switch (character) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> "\\u%04x".formatted(character);
    };
  }
}
