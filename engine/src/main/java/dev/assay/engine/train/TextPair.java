package dev.assay.engine.train;

import dev.assay.engine.train.TrainingBatch.Source;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A text that an encoder reads, and the one that its decoder writes, as token ids. */
public final class TextPair {
  private final long[] read;
  private final long[] written;

  /**
   * A pair.
   *
   * @param read with the token that ends it
   * @param written with the token that ends it, and without the one that a decoder begins with
   */
  public TextPair(long[] read, long[] written) {
    if (read.length == 0 || written.length == 0) {
      throw new IllegalArgumentException(
          "found %d tokens to read and %d to write, expected some of both"
              .formatted(read.length, written.length));
    }
    this.read = read.clone();
    this.written = written.clone();
  }

  /** What is read. */
  public long[] read() {
    return read.clone();
  }

  /** What is written. */
  public long[] written() {
    return written.clone();
  }

  /**
   * Pairs beside each other: both texts padded on the right with 0, which nothing looks at, labels
   * with {@value TrainingBatch#UNSCORED}. The decoder is shown its first token and the labels
   * before each position.
   *
   * @param start the token that a decoder begins with
   */
  public static TrainingBatch batch(List<TextPair> pairs, long start) {
    long[][] labels = padded(pairs, pair -> pair.written, TrainingBatch.UNSCORED);
    return new TrainingBatch(
        Labels.begun(labels, start),
        mask(pairs, pair -> pair.written),
        labels,
        null,
        new Source(padded(pairs, pair -> pair.read, 0), mask(pairs, pair -> pair.read)));
  }

  private static long[][] mask(List<TextPair> pairs, Function<TextPair, long[]> text) {
    long[][] mask = padded(pairs, text, 0);
    for (int row = 0; row < mask.length; row++) {
      Arrays.fill(mask[row], 0, text.apply(pairs.get(row)).length, 1);
    }
    return mask;
  }

  private static long[][] padded(
      List<TextPair> pairs, Function<TextPair, long[]> text, long padding) {
    int longest = pairs.stream().mapToInt(pair -> text.apply(pair).length).max().orElse(0);
    return pairs.stream()
        .map(
            pair -> {
              long[] own = text.apply(pair);
              long[] row = Arrays.copyOf(own, longest);
              Arrays.fill(row, own.length, longest, padding);
              return row;
            })
        .toArray(long[][]::new);
  }
}
