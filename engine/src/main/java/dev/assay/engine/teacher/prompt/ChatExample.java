package dev.assay.engine.teacher.prompt;

import dev.assay.engine.teacher.chat.ChatMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation and the answer that a student is to learn.
 *
 * @param prompt what was said before; not scored
 * @param answer what the teacher answered
 */
public record ChatExample(List<ChatMessage> prompt, String answer) {
  public ChatExample {
    prompt = List.copyOf(prompt);
  }

  /** All messages, the answer last. */
  public List<ChatMessage> messages() {
    List<ChatMessage> all = new ArrayList<>(prompt);
    all.add(ChatMessage.assistant(answer));
    return List.copyOf(all);
  }
}
