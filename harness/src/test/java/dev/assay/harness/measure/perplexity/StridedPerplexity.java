package dev.assay.harness.measure.perplexity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Perplexity over overlapping windows that begin every {@code stride} tokens; each scores only what
 * no earlier one has scored ("Perplexity of fixed-length models" in the documentation of Hugging
 * Face transformers). With a stride of the windows' length they are disjoint, the last one shorter.
 *
 * @param windows sum of the losses that each window scores, in order
 * @param newTokens tokens that each window sees first, scored or not
 */
record StridedPerplexity(List<LossSum> windows, List<Integer> newTokens) {
  StridedPerplexity {
    windows = List.copyOf(windows);
    newTokens = List.copyOf(newTokens);
  }

  /**
   * @param tokens the whole text
   * @param length tokens a window, at least 2
   * @param stride from 1 to {@code length}
   */
  static StridedPerplexity of(long[] tokens, int length, int stride, TokenLosses losses) {
    if (length < 2 || stride < 1 || stride > length || tokens.length < 2) {
      throw new IllegalArgumentException(
          String.format(
              "found %d tokens, length %d and stride %d, expected at least 2 tokens, a length from"
                  + " 2 and a stride from 1 to the length",
              tokens.length, length, stride));
    }
    List<LossSum> windows = new ArrayList<>();
    List<Integer> newTokens = new ArrayList<>();
    int seen = 0;
    for (int begin = 0; seen < tokens.length; begin += stride) {
      int end = Math.min(begin + length, tokens.length);
      int fresh = end - seen;
      // The first token of a window has no predecessor in it to be predicted from.
      int scored = Math.min(fresh, end - begin - 1);
      windows.add(
          scored == 0
              ? new LossSum(0, 0)
              : LossSum.ofLast(
                  losses.of(Arrays.copyOfRange(tokens, begin, end)), scored, windows.size()));
      newTokens.add(fresh);
      seen = end;
    }
    return new StridedPerplexity(windows, newTokens);
  }

  /** Exponential of the mean over all scored tokens. */
  double ofTokens() {
    return Math.exp(nats() / count());
  }

  /** Sum of the losses of all scored tokens. */
  double nats() {
    return windows.stream().mapToDouble(LossSum::nats).sum();
  }

  /** Number of scored tokens. */
  long count() {
    return windows.stream().mapToLong(LossSum::count).sum();
  }

  /**
   * What the documentation's program computes: windows weighted by their new tokens less one, also
   * from the second on, where all new tokens are scored.
   */
  double asDocumented() {
    double nats = 0;
    long weights = 0;
    for (int i = 0; i < windows.size(); i++) {
      long weight = newTokens.get(i) - 1L;
      if (weight > 0) {
        nats += windows.get(i).mean() * weight;
        weights += weight;
      }
    }
    return Math.exp(nats / weights);
  }

  /** Exponential of the plain mean of the windows' means, as the documentation once had it. */
  double ofWindowMeans() {
    return Math.exp(
        windows.stream()
            .filter(window -> window.count() > 0)
            .mapToDouble(LossSum::mean)
            .average()
            .orElseThrow());
  }
}
