package dev.assay.engine.teacher.chat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One of the answers to a request.
 *
 * @param index which one, from 0
 * @param content what was written; null where the model called a tool or refused
 * @param refusal what a model that refuses says instead
 * @param finishReason why the answer ends: {@code stop}, {@code length}, {@code content_filter},
 *     {@code tool_calls}; null if the server does not say
 * @param logprobs the answer's tokens, if they were asked for
 */
public record Choice(
    int index,
    @Nullable String content,
    @Nullable String refusal,
    @Nullable String finishReason,
    List<TokenLogprob> logprobs) {
  /** The reason of an answer that the model itself ended. */
  public static final String STOP = "stop";

  /** The reason of an answer that was cut off. */
  public static final String LENGTH = "length";

  /** The reason of an answer that a filter withheld. */
  public static final String FILTERED = "content_filter";

  public Choice {
    logprobs = List.copyOf(logprobs);
  }

  /** With another text in place of every text. */
  Choice map(UnaryOperator<String> change) {
    return new Choice(
        index,
        content == null ? null : change.apply(content),
        refusal == null ? null : change.apply(refusal),
        finishReason == null ? null : change.apply(finishReason),
        logprobs.stream().map(token -> token.map(change)).toList());
  }
}
