package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.Require;

/**
 * One message of a conversation.
 *
 * @param role who speaks: {@code system}, {@code user}, {@code assistant}, or another name that a
 *     server or template knows
 * @param content what is said
 */
public record ChatMessage(String role, String content) {
  /** The role of instructions for the whole conversation. */
  public static final String SYSTEM = "system";

  /** The role of whoever asks. */
  public static final String USER = "user";

  /** The role of the model that answers. */
  public static final String ASSISTANT = "assistant";

  public ChatMessage {
    Require.that(role.matches("[a-z_]+"), "role", "'" + role + "'", "a name such as user");
  }

  /** What the system prompt says. */
  public static ChatMessage system(String content) {
    return new ChatMessage(SYSTEM, content);
  }

  /** What the user says. */
  public static ChatMessage user(String content) {
    return new ChatMessage(USER, content);
  }

  /** What the model answers. */
  public static ChatMessage assistant(String content) {
    return new ChatMessage(ASSISTANT, content);
  }
}
