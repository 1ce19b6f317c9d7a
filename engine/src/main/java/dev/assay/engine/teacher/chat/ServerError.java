package dev.assay.engine.teacher.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a server says is wrong.
 *
 * @param type the kind of error
 * @param code a narrower name of it
 * @param message its words
 */
record ServerError(@Nullable String type, @Nullable String code, @Nullable String message) {
  /** Nothing is known, as the answer was no JSON or had no error in it. */
  static final ServerError UNKNOWN = new ServerError(null, null, null);

  private static final String QUOTA = "insufficient_quota";
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int LONGEST = 300;

  /** The error in a body. Proxies in front of a server answer with pages, which are none. */
  static ServerError of(String body) {
    try {
      JsonNode root = MAPPER.readTree(body);
      return root == null ? UNKNOWN : of(root);
    } catch (JsonProcessingException e) {
      return UNKNOWN;
    }
  }

  /** The error of an object; some servers write a text in its place. */
  static ServerError of(JsonNode root) {
    JsonNode error = root.path("error");
    if (error.isTextual()) {
      return new ServerError(null, null, error.textValue());
    }
    return new ServerError(
        CompletionJson.text(error, "type"),
        CompletionJson.text(error, "code"),
        CompletionJson.text(error, "message"));
  }

  /** Whether the account has nothing left, which no waiting mends. */
  boolean quotaIsUsedUp() {
    return QUOTA.equals(type) || QUOTA.equals(code);
  }

  /** With another text in place of every text. */
  ServerError map(UnaryOperator<String> change) {
    return new ServerError(
        type == null ? null : change.apply(type),
        code == null ? null : change.apply(code),
        message == null ? null : change.apply(message));
  }

  /** Without its words, in which some servers repeat a part of a key that they do not know. */
  ServerError withoutWords() {
    return new ServerError(type, code, null);
  }

  /** In one line, for errors; empty if nothing is known. */
  String shown() {
    String words = Objects.requireNonNullElse(message, "").replaceAll("\\s+", " ").strip();
    String kind = code != null ? code : Objects.requireNonNullElse(type, "");
    String all = words.isEmpty() || kind.isEmpty() ? kind + words : kind + ", \"" + words + "\"";
    return all.length() > LONGEST ? all.substring(0, LONGEST) + "…" : all;
  }
}
