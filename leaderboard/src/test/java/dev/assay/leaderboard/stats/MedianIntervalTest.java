package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.result.Interval;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MedianIntervalTest {
  /** For the samples 1 to n, so that the ends are the ranks; shuffled with a fixed seed. */
  private static List<Double> ranks(int n) {
    List<Double> samples =
        new ArrayList<>(IntStream.rangeClosed(1, n).mapToObj(i -> (double) i).toList());
    Collections.shuffle(samples, new Random(5));
    return samples;
  }

  /**
   * Ranks and true coverage by scipy.stats.binom; those for 95 % and n = 10, 15, 20, 25, 30 are
   * also the ones of Conover's and of Hollander and Wolfe's tables; n = 20 at 99 % is also what
   * scipy.stats.quantile_test gives.
   */
  @ParameterizedTest
  @CsvSource({
    "7, 0.95, 1, 7, 0.984375",
    "8, 0.99, 1, 8, 0.9921875",
    "9, 0.95, 2, 8, 0.9609375",
    "10, 0.95, 2, 9, 0.978515625",
    "15, 0.95, 4, 12, 0.96484375",
    "15, 0.99, 3, 13, 0.99261474609375",
    "20, 0.95, 6, 15, 0.9586105346679688",
    "20, 0.99, 4, 17, 0.9974231719970703",
    "25, 0.95, 8, 18, 0.9567147493362427",
    "30, 0.99, 8, 23, 0.9947771206498146",
    "50, 0.95, 18, 33, 0.9671608624357315",
    "50, 0.99, 16, 35, 0.9933995520331891",
    "100, 0.95, 40, 61, 0.9647997997822951",
    "100, 0.99, 37, 64, 0.9933628794840739",
  })
  void takesTheOrderStatisticsOfTheTables(
      int n, double confidence, double low, double high, double coverage) {
    Interval interval = MedianInterval.of(ranks(n), confidence).orElseThrow();
    assertThat(interval.low()).isEqualTo(low);
    assertThat(interval.high()).isEqualTo(high);
    assertThat(interval.confidence()).isCloseTo(coverage, Samples.CLOSE);
  }

  @Test
  void doesNotExistForFewSamples() {
    assertThat(MedianInterval.of(List.of(), 0.99)).isEmpty();
    assertThat(MedianInterval.of(ranks(7), 0.99)).isEmpty();
    assertThat(MedianInterval.of(ranks(8), 0.99)).isPresent();
  }

  @Test
  void coversTheMedianOfASkewedDistributionAsOftenAsItSays() {
    Random random = new Random(11);
    int hits = 0;
    int trials = 4000;
    for (int trial = 0; trial < trials; trial++) {
      List<Double> samples = random.doubles(15).mapToObj(u -> -Math.log(1 - u)).toList();
      Interval interval = MedianInterval.of(samples, 0.95).orElseThrow();
      if (interval.low() <= Math.log(2) && Math.log(2) <= interval.high()) {
        hits++;
      }
    }
    // Four standard errors of the proportion around the true coverage for n = 15.
    assertThat(hits / (double) trials)
        .isCloseTo(0.96484375, org.assertj.core.data.Offset.offset(0.0117));
  }
}
