package dev.assay.engine.teacher.chat;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Counts the tokens of a conversation that an answer is asked to. */
@FunctionalInterface
public interface PromptCounter {
  /**
   * About how many it is where no tokenizer is known: a token for four bytes, and some a message.
   */
  PromptCounter ROUGH = PromptCounter::rough;

  /** Tokens of the conversation and what frames it. */
  long count(List<ChatMessage> messages);

  private static long rough(List<ChatMessage> messages) {
    long tokens = 3;
    for (ChatMessage message : messages) {
      tokens += 4 + (message.content().getBytes(StandardCharsets.UTF_8).length + 3L) / 4;
    }
    return tokens;
  }
}
