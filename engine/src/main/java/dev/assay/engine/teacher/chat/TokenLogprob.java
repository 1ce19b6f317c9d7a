package dev.assay.engine.teacher.chat;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A token of an answer and how probable the teacher found it.
 *
 * @param token its text
 * @param logprob natural logarithm of its probability
 * @param alternatives the most probable tokens in its place, itself among them if it is; without
 *     alternatives of their own; empty if none were asked for
 */
public record TokenLogprob(String token, double logprob, List<TokenLogprob> alternatives) {
  public TokenLogprob {
    alternatives = List.copyOf(alternatives);
  }

  /** With another text in place of every text. */
  TokenLogprob map(UnaryOperator<String> change) {
    return new TokenLogprob(
        change.apply(token), logprob, alternatives.stream().map(each -> each.map(change)).toList());
  }
}
