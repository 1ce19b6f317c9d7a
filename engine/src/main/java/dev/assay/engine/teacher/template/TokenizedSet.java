package dev.assay.engine.teacher.template;

import dev.assay.engine.config.Require;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.teacher.prompt.DropReason;
import dev.assay.engine.teacher.prompt.Drops;
import java.util.ArrayList;
import java.util.List;

/**
 * A training set as tokens.
 *
 * @param examples those that a student can learn from, in their order
 * @param dropped the others: longer than the limit, or with special tokens in their texts
 */
public record TokenizedSet(List<ChatTokens> examples, Drops dropped) {
  public TokenizedSet {
    examples = List.copyOf(examples);
  }

  /**
   * Encodes examples.
   *
   * @param longest tokens of prompt and answer at most; none is cut, as its end would be missing
   */
  public static TokenizedSet of(List<ChatExample> examples, ExampleEncoder encoder, int longest) {
    Require.atLeast("longest", longest, 2);
    List<ChatTokens> kept = new ArrayList<>();
    Drops dropped = new Drops();
    for (ChatExample example : examples) {
      if (encoder.control(example).isPresent()) {
        dropped.add(DropReason.CONTROL_TOKEN);
        continue;
      }
      ChatTokens tokens = encoder.encode(example);
      if (tokens.length() > longest) {
        dropped.add(DropReason.TOO_LONG);
      } else {
        kept.add(tokens);
      }
    }
    return new TokenizedSet(kept, dropped);
  }
}
