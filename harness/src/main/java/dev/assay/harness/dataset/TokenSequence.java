package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;
import org.apache.commons.lang3.ArrayUtils;

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
   * Encodes a split without special tokens, then puts a BOS in front if the policy is {@link
   * BosPolicy#FIRST}.
   *
   * @throws BadInputException if a BOS is wanted and the tokenizer has none
   */
  public static TokenSequence of(DatasetSplit split, Tokenizer tokenizer, BosPolicy bos) {
    String source = "dataset " + split.dataset() + ", split " + split.split();
    long[] text = tokenizer.encode(split.text());
    return bos == BosPolicy.FIRST
        ? new TokenSequence(source, ArrayUtils.addFirst(text, bosId(tokenizer, bos)))
        : new TokenSequence(source, text);
  }

  /**
   * The BOS that stands in front of each window or sample: none unless the policy is {@link
   * BosPolicy#EVERY}.
   *
   * @throws BadInputException if one is wanted and the tokenizer has none
   */
  public static OptionalLong bosOfEach(Tokenizer tokenizer, BosPolicy bos) {
    return bos == BosPolicy.EVERY ? OptionalLong.of(bosId(tokenizer, bos)) : OptionalLong.empty();
  }

  private static long bosId(Tokenizer tokenizer, BosPolicy bos) {
    return tokenizer
        .bosId()
        .orElseThrow(
            () ->
                new BadInputException(
                    "bos: found '%s' with a tokenizer that names no bos_token and puts none in front"
                            .formatted(label(bos))
                        + " of a text, expected 'none'"));
  }

  /** A policy as suites write it. */
  public static String label(BosPolicy bos) {
    return bos.name().toLowerCase(Locale.ROOT);
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
