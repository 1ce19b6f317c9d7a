package dev.assay.engine.teacher.prompt;

import dev.assay.engine.teacher.chat.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation and the answer that a student is to learn.
 *
 * @param prompt what was said before; not scored
 * @param answer what the teacher answered
 * @param domain what it is about, by which teachers are chosen; null where nobody said
 */
public record ChatExample(List<ChatMessage> prompt, String answer, @Nullable String domain) {
  public ChatExample {
    prompt = List.copyOf(prompt);
  }

  /** One of no domain. */
  public ChatExample(List<ChatMessage> prompt, String answer) {
    this(prompt, answer, null);
  }

  /** All messages, the answer last. */
  public List<ChatMessage> messages() {
    List<ChatMessage> all = new ArrayList<>(prompt);
    all.add(ChatMessage.assistant(answer));
    return List.copyOf(all);
  }
}
