package dev.assay.engine.teacher.chat;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An answer as it came.
 *
 * @param status of HTTP
 * @param headers by name in lower case
 * @param body its text
 */
record ServerReply(int status, Map<String, String> headers, String body) {
  ServerReply {
    Map<String, String> lower = new TreeMap<>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    headers = Map.copyOf(lower);
  }

  /** A header; empty if there is none. */
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** Without the body, which may be anything. */
  @Override
  public String toString() {
    return "status " + status;
  }
}
