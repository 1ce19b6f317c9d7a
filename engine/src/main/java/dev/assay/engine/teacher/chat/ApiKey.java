package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Require;
import java.util.Map;
import java.util.Optional;

/**
 * What a server knows its customers by. The key goes into the requests' headers and nowhere else:
 * {@link #toString} has the name of its environment variable, and a server that repeats it does so
 * in vain.
 */
public final class ApiKey {
  /** The environment variable that is read unless another is named. */
  public static final String DEFAULT_VARIABLE = "OPENAI_API_KEY";

  private static final int SHORTEST = 4;
  private static final int SECRET = 16;
  private static final ApiKey NONE = new ApiKey("", "");

  private final String variable;
  private final String value;

  private ApiKey(String variable, String value) {
    this.variable = variable;
    this.value = value;
  }

  /** For servers that ask for none. */
  public static ApiKey none() {
    return NONE;
  }

  /**
   * Reads a key.
   *
   * @param environment variables of the environment
   * @param variable name of the one that has the key
   * @throws BadInputException if it is not set, or holds no key; the key is not in the message
   */
  public static ApiKey fromEnvironment(Map<String, String> environment, String variable) {
    // Whoever writes the key in the name's place is not shown it again.
    Require.that(
        variable.matches("[A-Z_][A-Z0-9_]{0,63}"),
        "apiKeyVariable",
        "what is no such name",
        "the name of an environment variable, in capitals");
    String value = environment.getOrDefault(variable, "").strip();
    if (value.isEmpty()) {
      throw new BadInputException(
          variable
              + ": not set, expected the key of the teacher's server in this environment variable");
    }
    if (!value.matches("[A-Za-z0-9._~+/=:-]+") || value.length() < SHORTEST) {
      throw new BadInputException(
          variable
              + ": found what is no key, expected at least "
              + SHORTEST
              + " letters, digits and . _ ~ + / = : -");
    }
    return new ApiKey(variable, value);
  }

  /** The value of the header {@code Authorization}; empty without a key. */
  Optional<String> authorization() {
    return value.isEmpty() ? Optional.empty() : Optional.of("Bearer " + value);
  }

  /**
   * An answer's text with the key taken out, if it is long enough to be a secret. Servers that want
   * no key are given words such as {@code EMPTY}, which an answer may have for reasons of its own.
   */
  String redactAnswer(String text) {
    return value.length() < SECRET ? text : redact(text);
  }

  /** The text of an error or log with the key taken out, should a server have repeated it. */
  String redact(String text) {
    return value.isEmpty() ? text : text.replace(value, "[key]");
  }

  /** Where it comes from, never what it is. */
  @Override
  public String toString() {
    return value.isEmpty() ? "no key" : "the key in " + variable;
  }
}
