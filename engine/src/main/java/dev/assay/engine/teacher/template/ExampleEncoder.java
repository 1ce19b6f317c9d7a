package dev.assay.engine.teacher.template;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.teacher.prompt.ChatExample;
import java.util.Optional;
import java.util.Set;

/** Makes tokens of conversations, of which the last answer is learned. */
public interface ExampleEncoder {
  /** The special tokens of the tokenizer. */
  Set<String> controls();

  /**
   * A special token of the tokenizer that stands in what somebody says. It would be read as what it
   * structures, and end an answer in its midst.
   */
  default Optional<String> control(ChatExample example) {
    return controls().stream()
        .filter(
            token -> example.messages().stream().anyMatch(each -> each.content().contains(token)))
        .findFirst();
  }

  /**
   * Token ids of an example.
   *
   * @throws BadInputException if nothing is left of prompt or answer
   */
  ChatTokens encode(ChatExample example);
}
