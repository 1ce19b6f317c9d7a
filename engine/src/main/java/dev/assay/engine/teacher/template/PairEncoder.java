package dev.assay.engine.teacher.template;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.tokenizer.SentinelTokens;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.tokenizer.VocabularyTokens;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Makes tokens of conversations for models of an encoder and a decoder: the prompt is read, and the
 * answer written, each with the token that ends a text behind it. The prompt is what the
 * checkpoint's template writes of it, or, where it has none, what was said before the answer, with
 * empty lines between messages.
 */
public final class PairEncoder implements ExampleEncoder {
  private final Optional<ChatTemplate> template;
  private final Tokenizer tokenizer;
  private final SentinelTokens tokens;
  private final Set<String> controls;

  private PairEncoder(Optional<ChatTemplate> template, Tokenizer tokenizer, SentinelTokens tokens) {
    this.template = template;
    this.tokenizer = tokenizer;
    this.tokens = tokens;
    this.controls = VocabularyTokens.of(tokenizer).special();
  }

  /**
   * The encoder of a checkpoint.
   *
   * @param tokenizer the checkpoint's; stays its owner's
   * @param rows tokens that the model has a vector for
   * @throws dev.assay.engine.config.BadInputException if no token ends a text
   */
  public static PairEncoder of(Checkpoint checkpoint, Tokenizer tokenizer, long rows) {
    return new PairEncoder(
        ChatTemplate.of(checkpoint, tokenizer), tokenizer, SentinelTokens.of(tokenizer, rows));
  }

  @Override
  public Set<String> controls() {
    return controls;
  }

  @Override
  public ChatTokens encode(ChatExample example) {
    long[] prompt = tokens.ended(tokenizer.encode(text(example.prompt())));
    long[] answer = tokens.ended(tokenizer.encode(example.answer()));
    return new ChatTokens(
        LongStream.concat(Arrays.stream(prompt), Arrays.stream(answer)).toArray(), prompt.length);
  }

  private String text(List<ChatMessage> prompt) {
    return template
        .map(its -> its.render(prompt, true))
        .orElseGet(
            () -> prompt.stream().map(ChatMessage::content).collect(Collectors.joining("\n\n")));
  }
}
