package dev.assay.engine.teacher.template;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.chat.PromptCounter;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.tokenizer.VocabularyTokens;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Makes tokens of conversations. The prompt is what the template writes of the messages before the
 * answer, with the beginning of an answer; the answer is what follows it in the whole conversation,
 * with the tokens that end it. So a student is scored on what it will have to write itself. The
 * text is encoded whole, as the template has the special tokens in it; a token that lies across the
 * border counts as the answer's. A template that writes the prompt otherwise once an answer
 * follows, such as one that puts the system prompt in front of the last message, is an error: a
 * part of the prompt would be scored.
 */
public final class ChatEncoder implements ExampleEncoder, PromptCounter {
  private final ChatTemplate template;
  private final Tokenizer tokenizer;
  private final Set<String> controls;

  /**
   * An encoder.
   *
   * @param tokenizer stays its owner's
   */
  public ChatEncoder(ChatTemplate template, Tokenizer tokenizer) {
    this.template = template;
    this.tokenizer = tokenizer;
    this.controls = VocabularyTokens.of(tokenizer).special();
  }

  /**
   * The encoder of a checkpoint: with its template, or in the plain form if it has none.
   *
   * @param directory of the checkpoint
   * @param tokenizer read from there; stays its owner's
   */
  public static ChatEncoder of(Path directory, Tokenizer tokenizer) {
    return new ChatEncoder(
        ChatTemplate.fromDirectory(directory).orElseGet(() -> ChatTemplate.plain(tokenizer)),
        tokenizer);
  }

  /**
   * The encoder of a checkpoint, whose template may be in its GGUF file.
   *
   * @param tokenizer the checkpoint's; stays its owner's
   */
  public static ChatEncoder of(Checkpoint checkpoint, Tokenizer tokenizer) {
    return new ChatEncoder(
        ChatTemplate.of(checkpoint, tokenizer).orElseGet(() -> ChatTemplate.plain(tokenizer)),
        tokenizer);
  }

  /** The template that it writes by. */
  public ChatTemplate template() {
    return template;
  }

  @Override
  public Set<String> controls() {
    return controls;
  }

  /** Token ids of a conversation that an answer is wanted to. */
  public long[] encodePrompt(List<ChatMessage> messages) {
    return tokenizer.encode(template.render(messages, true));
  }

  @Override
  public long count(List<ChatMessage> messages) {
    return encodePrompt(messages).length;
  }

  /**
   * {@inheritDoc}
   *
   * @throws BadInputException if the template does not take it, leaves nothing of the answer, or
   *     writes the prompt otherwise once an answer follows
   */
  @Override
  public ChatTokens encode(ChatExample example) {
    String prompt = template.render(example.prompt(), true);
    String whole = whole(example, prompt);
    int border = common(prompt, whole);
    requirePromptIn(whole, prompt, template.render(example.prompt(), false));
    long[] ids = tokenizer.encode(whole);
    long[] promptIds = tokenizer.encode(whole.substring(0, border));
    int mismatch = Arrays.mismatch(ids, promptIds);
    int promptLength = mismatch < 0 ? ids.length : mismatch;
    if (promptLength == 0 || promptLength == ids.length) {
      throw new BadInputException(
          template
              + ": found no "
              + (promptLength == 0 ? "prompt" : "answer")
              + " in what it writes of an example, expected both");
    }
    return new ChatTokens(ids, promptLength);
  }

  /** Only what opens the answer may be another before the answer than behind a prompt. */
  private void requirePromptIn(String whole, String prompt, String unopened) {
    int border = common(prompt, unopened);
    if (!whole.startsWith(prompt.substring(0, border))) {
      throw new BadInputException(
          template
              + ": cannot tell an answer from its prompt: found that the template writes a prompt"
              + " otherwise once an answer follows it, expected one that leaves it as it is");
    }
  }

  /** The text of the conversation up to the end of the answer. */
  private String whole(ChatExample example, String prompt) {
    String whole = template.render(example.messages(), false);
    if (whole.equals(template.render(example.messages(), true))) {
      // Either it never begins an answer, or it always does, and then even of no conversation.
      String opening = ofNothing();
      if (!opening.isEmpty() && prompt.endsWith(opening) && whole.endsWith(opening)) {
        return whole.substring(0, whole.length() - opening.length());
      }
    }
    return whole;
  }

  private String ofNothing() {
    try {
      return template.render(List.of(), false);
    } catch (BadInputException e) {
      return "";
    }
  }

  private static int common(String prompt, String whole) {
    int length = 0;
    while (length < Math.min(prompt.length(), whole.length())
        && prompt.charAt(length) == whole.charAt(length)) {
      length++;
    }
    boolean halved = length > 0 && Character.isHighSurrogate(whole.charAt(length - 1));
    return halved ? length - 1 : length;
  }
}
