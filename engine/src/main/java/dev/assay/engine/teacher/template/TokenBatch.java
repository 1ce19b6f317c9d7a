package dev.assay.engine.teacher.template;

import dev.assay.engine.config.Require;
import java.util.Arrays;
import java.util.List;

/**
 * Examples beside each other, padded on the right to the length of the longest, all [examples,
 * length]. Labels are shifted: what position i is to predict, the token behind it, stands in label
 * i, and −100 where nothing is scored, as within the prompt, at the last token and in the padding.
 */
public final class TokenBatch {
  /** The label of a position that is not scored. */
  public static final long NOT_SCORED = -100;

  private final long[][] ids;
  private final long[][] mask;
  private final long[][] labels;

  private TokenBatch(int examples, int length) {
    ids = new long[examples][length];
    mask = new long[examples][length];
    labels = new long[examples][length];
  }

  /**
   * Puts examples beside each other.
   *
   * @param examples at least one
   * @param padId the id in the padding, which nothing looks at
   */
  public static TokenBatch of(List<ChatTokens> examples, long padId) {
    Require.that(!examples.isEmpty(), "examples", "none", "at least one");
    int longest = examples.stream().mapToInt(ChatTokens::length).max().orElseThrow();
    TokenBatch batch = new TokenBatch(examples.size(), longest);
    for (int i = 0; i < examples.size(); i++) {
      batch.fill(i, examples.get(i), padId);
    }
    return batch;
  }

  private void fill(int row, ChatTokens example, long padId) {
    long[] tokens = example.ids();
    Arrays.fill(ids[row], padId);
    Arrays.fill(labels[row], NOT_SCORED);
    System.arraycopy(tokens, 0, ids[row], 0, tokens.length);
    Arrays.fill(mask[row], 0, tokens.length, 1);
    int first = example.promptLength();
    System.arraycopy(tokens, first, labels[row], first - 1, tokens.length - first);
  }

  /** Token ids. */
  public long[][] ids() {
    return ids;
  }

  /** 1 for tokens, 0 for padding. */
  public long[][] mask() {
    return mask;
  }

  /** What each position is to predict, or {@link #NOT_SCORED}. */
  public long[][] labels() {
    return labels;
  }

  /** How many positions are scored. */
  public long scored() {
    return Arrays.stream(labels)
        .flatMapToLong(Arrays::stream)
        .filter(label -> label != NOT_SCORED)
        .count();
  }
}
