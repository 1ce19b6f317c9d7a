package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.Tokenizer;
import java.util.Arrays;

/** The token ids of a whole text, encoded in one piece. */
public final class TokenSequence {
  private final String source;
  private final long[] ids;

  /**
   * @param source what the text is, for errors
   * @param ids its tokens
   */
  public TokenSequence(String source, long[] ids) {
    this.source = source;
    this.ids = ids.clone();
  }

  /**
   * Encodes a split without special tokens, then puts a BOS in front if the policy says so.
   *
   * @throws BadInputException if a BOS is wanted and the tokenizer has none
   */
  public static TokenSequence of(DatasetSplit split, Tokenizer tokenizer, BosPolicy bos) {
    String source = "dataset " + split.dataset() + ", split " + split.split();
    long[] text = tokenizer.encode(split.text());
    if (bos == BosPolicy.NONE) {
      return new TokenSequence(source, text);
    }
    long[] ids = new long[text.length + 1];
    ids[0] =
        tokenizer
            .bosId()
            .orElseThrow(
                () ->
                    new BadInputException(
                        "bos: found 'first' with a tokenizer whose tokenizer_config.json names no"
                            + " bos_token, expected 'none'"));
    System.arraycopy(text, 0, ids, 1, text.length);
    return new TokenSequence(source, ids);
  }

  /** What the text is. */
  public String source() {
    return source;
  }

  /** Number of tokens, BOS included. */
  public int size() {
    return ids.length;
  }

  /** The first tokens of this sequence: {@code maxTokens} of them, or all where there are fewer. */
  public TokenSequence first(int maxTokens) {
    if (maxTokens < 1) {
      throw new IllegalArgumentException("maxTokens: found " + maxTokens + ", expected at least 1");
    }
    return maxTokens >= ids.length ? this : new TokenSequence(source, slice(0, maxTokens));
  }

  /** Tokens {@code from} to before {@code from + length}. */
  public long[] slice(int from, int length) {
    if (from < 0 || length < 0 || length > ids.length - from) {
      throw new IndexOutOfBoundsException(
          "tokens " + from + " to " + (from + (long) length) + " of " + ids.length);
    }
    return Arrays.copyOfRange(ids, from, from + length);
  }
}
