package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.config.InvalidValueException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spans that are taken out of texts, and pairs of texts beside each other. */
class SpanCorruptionTest {
  private static final long END = 999;

  /** T5's sentinels go down. */
  private static final long[] SENTINELS = LongStream.range(0, 100).map(i -> 998 - i).toArray();

  private static SpanCorruption corruption() {
    return new SpanCorruption(Spans.DEFAULT, SENTINELS, END);
  }

  private static long[] text(int length) {
    return LongStream.range(0, length).toArray();
  }

  /**
   * As {@code random_spans_noise_mask} of T5's code counts: np.round, so halves go to the even
   * number.
   */
  @ParameterizedTest
  @CsvSource({
    "512, 77, 26",
    "568, 85, 28",
    "256, 38, 13",
    "30, 4, 1",
    "10, 2, 1",
    "50, 8, 3",
    "2, 1, 1",
    "3, 1, 1",
    "16, 2, 1",
    "100, 15, 5"
  })
  void lengthsFollowFromTheLengthOfTheText(int length, int gone, int spans) {
    assertThat(Spans.DEFAULT.gone(length)).isEqualTo(gone);
    assertThat(Spans.DEFAULT.count(length)).isEqualTo(spans);
    TextPair pair = corruption().of(text(length), new SplittableRandom(1));
    assertThat(pair.read()).hasSize(length - gone + spans + 1);
    assertThat(pair.written()).hasSize(gone + spans + 1);
  }

  /** Half of what is short goes, in spans of which as much as that is left between them. */
  @Test
  void thereAreNoMoreSpansThanTokensBetweenThem() {
    Spans most = new Spans(0.9, 1);
    assertThat(most.count(10)).isEqualTo(1);
    TextPair pair = new SpanCorruption(most, SENTINELS, END).of(text(10), new SplittableRandom(3));
    assertThat(pair.read()).containsExactly(0, 998, END);
    assertThat(pair.written()).containsExactly(998, 1, 2, 3, 4, 5, 6, 7, 8, 9, END);
  }

  /** Of two tokens there is one way to take one. */
  @Test
  void aTextOfTwoTokens() {
    TextPair pair = corruption().of(new long[] {5, 6}, new SplittableRandom(0));
    assertThat(pair.read()).containsExactly(5, 998, END);
    assertThat(pair.written()).containsExactly(998, 6, END);
  }

  /** What was read with what was written in the places of its sentinels is the text. */
  @Test
  void spansPutBackGiveTheText() {
    for (int seed = 0; seed < 200; seed++) {
      TextPair pair = corruption().of(text(60), new SplittableRandom(seed));
      List<Long> back = new ArrayList<>();
      long[] written = pair.written();
      int at = 0;
      int sentinels = 0;
      for (long id : pair.read()) {
        if (id < 900) {
          back.add(id);
        } else if (id != END) {
          assertThat(id).isEqualTo(998 - sentinels).isEqualTo(written[at]);
          sentinels++;
          at++;
          assertThat(written[at]).isLessThan(900);
          while (written[at] < 900) {
            back.add(written[at++]);
          }
        }
      }
      assertThat(back).containsExactlyElementsOf(Arrays.stream(text(60)).boxed().toList());
      assertThat(written[at]).isEqualTo(END);
      assertThat(at).isEqualTo(written.length - 1);
      assertThat(pair.read()[0]).isZero();
    }
  }

  /** Nine tokens in three spans: 28 ways to cut them, of which one length has 7, 6, ... 1. */
  @Test
  void everyWayToCutIsAsLikely() {
    double[] first = new double[10];
    int draws = 14_000;
    for (int seed = 0; seed < draws; seed++) {
      long[] written = corruption().of(text(60), DrawOfPlace.of(1, 0, seed)).written();
      int length = 0;
      while (written[1 + length] < 900) {
        length++;
      }
      first[length]++;
    }
    for (int length = 1; length <= 7; length++) {
      assertThat(first[length] / draws).isCloseTo((8 - length) / 28.0, within(0.015));
    }
  }

  @Test
  void whatGoesDependsOnSeedPassAndWindowAlone() {
    CorruptedWindows data = new CorruptedWindows(List.of(text(40), text(40)), corruption(), 0, 7);
    long[][] labels = data.batch(new int[] {0, 1}).labels();
    assertThat(labels[0]).isNotEqualTo(labels[1]);
    assertThat(data.batch(new int[] {1}).labels()).isDeepEqualTo(new long[][] {labels[1]});
    assertThat(data.batch(new int[] {1}, new long[] {1}).labels()[0]).isNotEqualTo(labels[1]);
    assertThat(data.lengths()).isEqualTo(new SequenceLengths(40 - 6 + 2 + 1, 6 + 2 + 1));
  }

  /** As transformers' DataCollatorForSeq2Seq and T5's _shift_right have it, but for the masks. */
  @Test
  void pairsArePaddedAndShifted() {
    TrainingBatch batch =
        TextPair.batch(
            List.of(
                new TextPair(new long[] {5, 6, 7, 1}, new long[] {8, 1}),
                new TextPair(new long[] {5, 1}, new long[] {9, 10, 11, 1})),
            3);
    TrainingBatch.Source source = Objects.requireNonNull(batch.source());
    assertThat(source.ids()).isDeepEqualTo(new long[][] {{5, 6, 7, 1}, {5, 1, 0, 0}});
    assertThat(source.mask()).isDeepEqualTo(new long[][] {{1, 1, 1, 1}, {1, 1, 0, 0}});
    assertThat(batch.labels()).isDeepEqualTo(new long[][] {{8, 1, -100, -100}, {9, 10, 11, 1}});
    assertThat(batch.ids()).isDeepEqualTo(new long[][] {{3, 8, 1, 0}, {3, 9, 10, 11}});
    assertThat(batch.mask()).isDeepEqualTo(new long[][] {{1, 1, 0, 0}, {1, 1, 1, 1}});
    assertThat(batch.tokens()).isEqualTo(12);
    assertThat(batch.counts().scored()).isEqualTo(6);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatThrownBy(() -> new Spans(1, 3)).isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new Spans(0.15, 0.5))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("length");
    assertThatThrownBy(
            () ->
                new SpanCorruption(Spans.DEFAULT, new long[] {998}, END)
                    .of(text(60), new SplittableRandom(1)))
        .hasMessageContaining("found 1 sentinels, expected one for each of 3 spans");
    assertThatThrownBy(() -> new TextPair(new long[0], new long[] {1}))
        .hasMessageContaining("found 0 tokens to read");
  }
}
