package dev.assay.engine.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;

/** What is wrong with a text that should be JSON, in words for those who do not know the parser. */
public final class JsonFault {
  private JsonFault() {}

  /** The line and column, where the parser tells them, and the fault. */
  public static String of(JsonProcessingException e) {
    return place(e) + "not valid JSON: " + what(e.getOriginalMessage());
  }

  /** {@code line 3, column 7: }, or nothing: of nesting too deep the parser tells no place. */
  public static String place(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    return location == null
        ? ""
        : "line %d, column %d: ".formatted(location.getLineNr(), location.getColumnNr());
  }

  /** The parser's words without the names of its settings. */
  public static String what(String message) {
    return message
        .replaceAll(", from `[^`]*`", "")
        .replaceAll(": enable `[^`]*` to allow", ", expected a number")
        .replaceAll(
            "(?s)^while parsing a flow (sequence|mapping).*",
            "found no end of a list or mapping, expected , or its closing bracket")
        .replaceAll("\\R.*", "");
  }
}
