package dev.assay.engine.tokenizer;

import dev.assay.engine.config.BadInputException;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What a model of an encoder and a decoder reads and writes beside text. */
public final class SentinelTokens {
  private static final String END = "</s>";
  private static final String SENTINEL = "<extra_id_%d>";

  private final String name;
  private final long end;
  private final long[] sentinels;

  private SentinelTokens(String name, long end, long[] sentinels) {
    this.name = name;
    this.end = end;
    this.sentinels = sentinels;
  }

  /**
   * Those of a tokenizer: the token that ends a text, and T5's {@code <extra_id_0>}, {@code
   * <extra_id_1>} and so on, which stand for spans that were taken out.
   *
   * @param rows tokens that the model has a vector for
   * @throws BadInputException if no token ends a text
   */
  public static SentinelTokens of(Tokenizer tokenizer, long rows) {
    VocabularyTokens tokens = VocabularyTokens.of(tokenizer);
    OptionalLong named = tokenizer.eosId();
    OptionalLong end = named.isPresent() ? named : tokens.id(END);
    if (end.isEmpty() || end.getAsLong() >= rows) {
      throw new BadInputException(
          "%s: found no token that ends a text, expected one such as %s"
              .formatted(tokenizer.name(), END));
    }
    long[] sentinels =
        Stream.iterate(0, i -> i + 1)
            .map(i -> tokens.id(SENTINEL.formatted(i)))
            .takeWhile(id -> id.isPresent() && id.getAsLong() < rows)
            .mapToLong(OptionalLong::getAsLong)
            .toArray();
    return new SentinelTokens(tokenizer.name(), end.getAsLong(), sentinels);
  }

  /**
   * Sentinels in the order in which they stand for spans.
   *
   * @param wanted how many there are to be at least
   * @throws BadInputException if there are fewer
   */
  public long[] sentinels(int wanted) {
    if (sentinels.length < wanted) {
      throw new BadInputException(
          "%s: found %d sentinels such as %s, expected one for each of %d spans that are taken out of a text"
              .formatted(name, sentinels.length, SENTINEL.formatted(0), wanted));
    }
    return sentinels.clone();
  }

  /** The token that ends a text. */
  public long end() {
    return end;
  }

  /** A text with the token that ends it. */
  public long[] ended(long[] text) {
    boolean already = text.length > 0 && text[text.length - 1] == end;
    return already
        ? text.clone()
        : LongStream.concat(Arrays.stream(text), LongStream.of(end)).toArray();
  }
}
