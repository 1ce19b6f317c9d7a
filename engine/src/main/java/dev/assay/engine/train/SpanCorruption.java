package dev.assay.engine.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Takes spans out of a text: an encoder reads a sentinel in place of each, and the decoder writes
 * each behind its sentinel. How many tokens and spans go follows from the text's length alone, so
 * that all texts of one length give texts of one length. As T5's code has it, a text begins with
 * what stays and ends with what goes, and no sentinel stands behind the last span.
 *
 * @see <a href="https://arxiv.org/abs/1910.10683">Raffel et al. 2020, T5</a>
 */
public final class SpanCorruption {
  private final Spans how;
  private final long[] sentinels;
  private final long end;

  /**
   * @param sentinels in the order in which they stand for spans
   * @param end that both texts have behind them
   */
  public SpanCorruption(Spans how, long[] sentinels, long end) {
    this.how = how;
    this.sentinels = sentinels.clone();
    this.end = end;
  }

  /**
   * Takes spans out of a text.
   *
   * @param text at least 2 tokens
   * @throws IllegalArgumentException if there are fewer sentinels than spans
   */
  TextPair of(long[] text, SplittableRandom draws) {
    int spans = how.count(text.length);
    int gone = how.gone(text.length);
    if (spans > sentinels.length) {
      throw new IllegalArgumentException(
          "found " + sentinels.length + " sentinels, expected one for each of " + spans + " spans");
    }
    int[] lost = parts(gone, spans, draws);
    int[] kept = parts(text.length - gone, spans, draws);
    long[] read = new long[text.length - gone + spans + 1];
    long[] written = new long[gone + spans + 1];
    int from = 0;
    int reading = 0;
    int writing = 0;
    for (int span = 0; span < spans; span++) {
      System.arraycopy(text, from, read, reading, kept[span]);
      reading += kept[span];
      from += kept[span];
      read[reading++] = sentinels[span];
      written[writing++] = sentinels[span];
      System.arraycopy(text, from, written, writing, lost[span]);
      writing += lost[span];
      from += lost[span];
    }
    read[reading] = end;
    written[writing] = end;
    return new TextPair(read, written);
  }

  /** Lengths, each at least 1, of parts of something, every way to cut it as likely. */
  private static int[] parts(int whole, int count, SplittableRandom draws) {
    int[] places = new int[whole - 1];
    Arrays.setAll(places, i -> i + 1);
    for (int i = 0; i < count - 1; i++) {
      int other = i + draws.nextInt(places.length - i);
      int held = places[i];
      places[i] = places[other];
      places[other] = held;
    }
    int[] cuts = Arrays.copyOf(places, count);
    cuts[count - 1] = whole;
    Arrays.sort(cuts);
    int[] lengths = new int[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = cuts[i] - (i == 0 ? 0 : cuts[i - 1]);
    }
    return lengths;
  }
}
