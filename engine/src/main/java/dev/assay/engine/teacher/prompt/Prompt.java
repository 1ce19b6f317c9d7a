package dev.assay.engine.teacher.prompt;

import dev.assay.engine.config.Require;
import dev.assay.engine.teacher.chat.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that an answer is wanted to.
 *
 * @param line where it stands in its source, from 1
 * @param messages what was said so far; the last word is not the assistant's
 * @param instruction what an input is told to be used for, by itself; empty where there is no such
 *     distinction
 * @param domain what it is about; null where nobody said
 */
public record Prompt(
    int line, List<ChatMessage> messages, String instruction, @Nullable String domain) {
  public Prompt {
    Require.that(!messages.isEmpty(), "messages", "none", "at least one");
    messages = List.copyOf(messages);
    String last = messages.get(messages.size() - 1).role();
    Require.that(
        !last.equals(ChatMessage.ASSISTANT),
        "messages",
        "a last one of role assistant",
        "a last one that an answer is wanted to, of role user");
  }

  /** One of no domain. */
  public Prompt(int line, List<ChatMessage> messages, String instruction) {
    this(line, messages, instruction, null);
  }

  /** The same of a domain. */
  Prompt in(@Nullable String other) {
    return new Prompt(line, messages, instruction, other);
  }

  /** What a user says, and nothing before it. */
  public static Prompt of(int line, String text) {
    return new Prompt(line, List.of(ChatMessage.user(text)), "");
  }

  /** An instruction with what it is about, in two paragraphs; alone if that is blank. */
  public static Prompt of(int line, String instruction, String input) {
    String all = input.isBlank() ? instruction : instruction + "\n\n" + input;
    return new Prompt(line, List.of(ChatMessage.user(all)), instruction);
  }

  /** All that was said, in one text. */
  public String text() {
    return String.join("\n", messages.stream().map(ChatMessage::content).toList());
  }

  /** Whether nothing is asked. */
  boolean isBlank() {
    return messages.get(messages.size() - 1).content().isBlank();
  }

  /** Every text that may be another's prompt: all, each message of a user, the instruction. */
  List<String> texts() {
    List<String> texts = new ArrayList<>();
    texts.add(text());
    messages.stream()
        .filter(message -> message.role().equals(ChatMessage.USER))
        .forEach(message -> texts.add(message.content()));
    texts.add(instruction);
    return texts.stream().distinct().toList();
  }
}
