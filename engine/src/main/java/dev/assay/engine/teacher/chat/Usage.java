package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.Require;

/**
 * Tokens that a server counted, in tokens of its own tokenizer.
 *
 * @param promptTokens of what was asked
 * @param completionTokens of what was answered, over all answers
 */
public record Usage(long promptTokens, long completionTokens) {
  /** No tokens. */
  public static final Usage NONE = new Usage(0, 0);

  public Usage {
    Require.atLeast("promptTokens", promptTokens, 0);
    Require.atLeast("completionTokens", completionTokens, 0);
  }

  /** Both together. */
  public long totalTokens() {
    return promptTokens + completionTokens;
  }

  /** The sum of two. */
  public Usage plus(Usage other) {
    return new Usage(promptTokens + other.promptTokens, completionTokens + other.completionTokens);
  }
}
