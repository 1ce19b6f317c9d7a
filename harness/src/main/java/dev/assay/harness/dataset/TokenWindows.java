package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import java.util.OptionalLong;
import org.apache.commons.lang3.ArrayUtils;

/**
 * Disjoint windows of one length over a token sequence, the tail dropped: ⌊N/L⌋ windows of L
 * tokens, as GPTQ's evaluation cuts them (IST-DASLab/gptq, {@code opt.py}).
 *
 * <p>Where each begins with a BOS, that is one of its L tokens: L − 1 of the text follow it, and
 * there are ⌊N/(L − 1)⌋ windows. So no window is longer than L, and every token of the text is
 * predicted once (as lm-evaluation-harness does with its prefix token).
 *
 * @param tokens what is cut
 * @param length L, in tokens
 * @param bos the first token of each window; empty where the text alone fills it
 * @param count number of windows
 */
public record TokenWindows(TokenSequence tokens, int length, OptionalLong bos, int count) {

  public TokenWindows {
    if (length < 2) {
      throw new IllegalArgumentException("length: found " + length + ", expected at least 2");
    }
    int most = tokens.size() / stride(length, bos);
    if (count < 1 || count > most) {
      throw new IllegalArgumentException("count: found " + count + ", expected 1 to " + most);
    }
  }

  /**
   * All windows that fit, of the text alone.
   *
   * @throws BadInputException if not even one does
   */
  public static TokenWindows cut(TokenSequence tokens, int length) {
    return cut(tokens, length, OptionalLong.empty());
  }

  /**
   * All windows that fit.
   *
   * @throws BadInputException if not even one does
   */
  public static TokenWindows cut(TokenSequence tokens, int length, OptionalLong bos) {
    int stride = stride(length, bos);
    if (tokens.size() < stride) {
      throw new BadInputException(
          tokens.source()
              + ": found "
              + tokens.size()
              + " tokens, expected at least "
              + stride
              + " for one window");
    }
    return new TokenWindows(tokens, length, bos, tokens.size() / stride);
  }

  /** Tokens of the text in a window of some length. */
  public static int stride(int length, OptionalLong bos) {
    return bos.isPresent() ? length - 1 : length;
  }

  /** Tokens of the text in a window. */
  public int stride() {
    return stride(length, bos);
  }

  /** The first windows: {@code maxWindows} of them, or all where there are fewer. */
  public TokenWindows first(int maxWindows) {
    return new TokenWindows(tokens, length, bos, Math.min(count, maxWindows));
  }

  /** Token ids of a window, counted from 0. */
  public long[] window(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("window " + index + " of " + count);
    }
    long[] text = tokens.slice(index * stride(), stride());
    return bos.isPresent() ? ArrayUtils.addFirst(text, bos.getAsLong()) : text;
  }

  /** The token ids that the windows hold, in the order of the text; the BOS of each stands once. */
  public long[] ids() {
    return ArrayUtils.addAll(bos.stream().toArray(), tokens.slice(0, count * stride()));
  }

  /** Tokens behind the last window, which nothing measures. */
  public int unused() {
    return tokens.size() - count * stride();
  }
}
