package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;

/**
 * Disjoint windows of one length over a token sequence, the tail dropped: ⌊N/L⌋ windows of L
 * tokens, as GPTQ's evaluation cuts them (IST-DASLab/gptq, {@code opt.py}).
 *
 * @param tokens what is cut
 * @param length L, in tokens
 * @param count number of windows
 */
public record TokenWindows(TokenSequence tokens, int length, int count) {

  public TokenWindows {
    if (length < 2) {
      throw new IllegalArgumentException("length: found " + length + ", expected at least 2");
    }
    if (count < 1 || (long) count * length > tokens.size()) {
      throw new IllegalArgumentException(
          "count: found " + count + ", expected 1 to " + tokens.size() / length);
    }
  }

  /**
   * All windows that fit.
   *
   * @throws BadInputException if not even one does
   */
  public static TokenWindows cut(TokenSequence tokens, int length) {
    if (tokens.size() < length) {
      throw new BadInputException(
          tokens.source()
              + ": found "
              + tokens.size()
              + " tokens, expected at least "
              + length
              + " for one window");
    }
    return new TokenWindows(tokens, length, tokens.size() / length);
  }

  /** The first windows: {@code maxWindows} of them, or all where there are fewer. */
  public TokenWindows first(int maxWindows) {
    return new TokenWindows(tokens, length, Math.min(count, maxWindows));
  }

  /** Token ids of a window, counted from 0. */
  public long[] window(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("window " + index + " of " + count);
    }
    return tokens.slice(index * length, length);
  }

  /** Tokens behind the last window, which nothing measures. */
  public int unused() {
    return tokens.size() - count * length;
  }
}
