package dev.assay.harness.measure.perplexity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Perplexity over disjoint windows, each read on its own, as GPTQ's evaluation takes it
 * (IST-DASLab/gptq, {@code opt.py}) and after it most papers on compression.
 *
 * @param windows sum of the losses of each window, in order
 */
public record DisjointPerplexity(List<LossSum> windows) {
  public DisjointPerplexity {
    windows = List.copyOf(windows);
    if (windows.isEmpty()) {
      throw new IllegalArgumentException("a perplexity needs at least one window");
    }
  }

  /** The papers' protocol: ⌊N/L⌋ windows, the tail dropped. */
  public static DisjointPerplexity of(long[] tokens, int length, TokenLosses losses) {
    return of(tokens, tokens.length / length * length, length, losses);
  }

  /** The same with the shorter last window, provided that it has a token to predict. */
  public static DisjointPerplexity withTail(long[] tokens, int length, TokenLosses losses) {
    return of(tokens, tokens.length, length, losses);
  }

  private static DisjointPerplexity of(long[] tokens, int end, int length, TokenLosses losses) {
    List<LossSum> windows = new ArrayList<>();
    for (int begin = 0; begin + 1 < end; begin += length) {
      long[] window = Arrays.copyOfRange(tokens, begin, Math.min(begin + length, end));
      windows.add(LossSum.ofLast(losses.of(window), window.length - 1, windows.size()));
    }
    return new DisjointPerplexity(windows);
  }

  /** Mean −log p of each window. */
  public List<Double> windowMeans() {
    return windows.stream().map(LossSum::mean).toList();
  }

  /** Exponential of the plain mean of the windows' means, which is what the papers report. */
  public double ofWindowMeans() {
    return Math.exp(windows.stream().mapToDouble(LossSum::mean).sum() / windows.size());
  }

  /** Exponential of the mean over tokens; the same where all windows have one length. */
  public double ofTokens() {
    return windows.stream().reduce(LossSum.EMPTY, LossSum::plus).perplexity();
  }
}
