package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.config.InvalidValueException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which tokens are masked, and by what. */
class MaskedWindowsTest {
  private static final long FIRST = 200;
  private static final long LAST = 201;
  private static final long MASK = 202;
  private static final long[] ORDINARY = LongStream.range(0, 200).toArray();
  private static final int LENGTH = 64;

  private static List<long[]> windows(int count) {
    Random random = new Random(5);
    List<long[]> windows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long[] ids = random.longs(LENGTH, 0, 200).toArray();
      ids[0] = FIRST;
      ids[LENGTH - 1] = LAST;
      // What a text has of special tokens itself.
      ids[7] = MASK;
      windows.add(ids);
    }
    return windows;
  }

  private static MaskedWindows masked(Masking how, long seed) {
    return new MaskedWindows(windows(500), new TokenMasking(how, MASK, ORDINARY), seed);
  }

  private static TrainingBatch all(MaskedWindows data, long pass) {
    long[] passes = new long[data.size()];
    Arrays.fill(passes, pass);
    return data.batch(IntStream.range(0, data.size()).toArray(), passes);
  }

  @Test
  void sharesAreThoseOfBert() {
    MaskedWindows data = masked(Masking.DEFAULT, 1);
    TrainingBatch batch = all(data, 0);
    double chosen = 0;
    double masks = 0;
    double others = 0;
    for (int row = 0; row < data.size(); row++) {
      for (int i = 0; i < LENGTH; i++) {
        long was = data.windows().get(row)[i];
        long is = batch.ids()[row][i];
        if (batch.labels()[row][i] == TrainingBatch.UNSCORED) {
          assertThat(is).isEqualTo(was);
        } else {
          assertThat(batch.labels()[row][i]).isEqualTo(was);
          chosen++;
          masks += is == MASK ? 1 : 0;
          others += is != MASK && is != was ? 1 : 0;
        }
      }
    }
    double ordinary = 500.0 * (LENGTH - 3);
    // Three standard deviations.
    assertThat(chosen / ordinary).isCloseTo(0.15, within(0.007));
    assertThat(masks / chosen).isCloseTo(0.8, within(0.02));
    // Of those drawn one in 200 is what was there.
    assertThat(others / chosen).isCloseTo(0.1 * 199 / 200, within(0.015));
  }

  @Test
  void specialTokensAreNeitherChosenNorPutInAnothersPlace() {
    MaskedWindows data = masked(new Masking(1, 0, 1), 1);
    TrainingBatch batch = all(data, 0);
    for (int row = 0; row < data.size(); row++) {
      for (int i = 0; i < LENGTH; i++) {
        boolean special = i == 0 || i == 7 || i == LENGTH - 1;
        assertThat(batch.labels()[row][i] == TrainingBatch.UNSCORED).isEqualTo(special);
        assertThat(batch.ids()[row][i] >= 200).isEqualTo(special);
      }
    }
  }

  @Test
  void whatIsChosenDependsOnSeedPassAndWindowAlone() {
    MaskedWindows data = masked(Masking.DEFAULT, 1);
    long[][] whole = all(data, 0).labels();
    assertThat(all(masked(Masking.DEFAULT, 1), 0).labels()).isDeepEqualTo(whole);
    assertThat(data.batch(new int[] {3, 9}, new long[] {0, 0}).labels())
        .isDeepEqualTo(new long[][] {whole[3], whole[9]});
    assertThat(data.batch(new int[] {9}).labels()).isDeepEqualTo(new long[][] {whole[9]});
    assertThat(data.batch(new int[] {9}, new long[] {1}).labels()[0]).isNotEqualTo(whole[9]);
    assertThat(masked(Masking.DEFAULT, 2).batch(new int[] {9}).labels()[0]).isNotEqualTo(whole[9]);
    assertThat(data.windows().get(9)).doesNotContain(TrainingBatch.UNSCORED);
  }

  /** Places of one window have nothing to do with those of the next, or of the next pass. */
  @Test
  void windowsAndPassesAreMaskedApart() {
    MaskedWindows data = masked(new Masking(0.5, 1, 0), 1);
    long[][] now = all(data, 0).labels();
    long[][] then = all(data, 1).labels();
    double passes = 0;
    double neighbours = 0;
    for (int row = 0; row < data.size() - 1; row++) {
      for (int i = 8; i < LENGTH - 2; i++) {
        boolean own = now[row][i] == TrainingBatch.UNSCORED;
        passes += own == (then[row][i] == TrainingBatch.UNSCORED) ? 1 : 0;
        neighbours += own == (now[row + 1][i + 1] == TrainingBatch.UNSCORED) ? 1 : 0;
      }
    }
    double places = (data.size() - 1.0) * (LENGTH - 10);
    assertThat(passes / places).isCloseTo(0.5, within(0.01));
    assertThat(neighbours / places).isCloseTo(0.5, within(0.01));
  }

  @Test
  void sharesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new Masking(0, 0.8, 0.1))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("share");
    assertThatThrownBy(() -> new Masking(0.15, 0.8, 0.3))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("random");
    assertThat(new Masking(0.15, 0.8, 0.2).random()).isEqualTo(0.2);
  }
}
