package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.leaderboard.result.Interval;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeanIntervalTest {
  /** scipy.stats.t.interval(confidence, 9, loc=mean, scale=sem) */
  @ParameterizedTest
  @CsvSource({
    "0.95, 11.900496490689749, 12.29950350931025",
    "0.99, 11.81339144516961, 12.386608554830389",
    "0.999, 11.678363141922915, 12.521636858077091",
  })
  void agreesWithSciPy(double confidence, double low, double high) {
    Interval interval = MeanInterval.of(Samples.A, confidence).orElseThrow();
    assertThat(interval.low()).isCloseTo(low, Samples.CLOSE);
    assertThat(interval.high()).isCloseTo(high, Samples.CLOSE);
    assertThat(interval.confidence()).isEqualTo(confidence);
  }

  /** Student's table as printed in textbooks: two-sided 95 %, 99 % and 99.9 %. */
  @ParameterizedTest
  @CsvSource({
    "1, 12.706, 63.657, 636.619",
    "4, 2.776, 4.604, 8.610",
    "9, 2.262, 3.250, 4.781",
    "29, 2.045, 2.756, 3.659",
  })
  void usesTheQuantilesOfTheTables(int degrees, double p95, double p99, double p999) {
    Offset<Double> printed = Offset.offset(5e-4);
    assertThat(MeanInterval.quantile(0.95, degrees)).isCloseTo(p95, printed);
    assertThat(MeanInterval.quantile(0.99, degrees)).isCloseTo(p99, printed);
    assertThat(MeanInterval.quantile(0.999, degrees)).isCloseTo(p999, printed);
  }

  @Test
  void isAPointWithoutScatter() {
    Interval interval = MeanInterval.of(List.of(2.0, 2.0, 2.0), 0.99).orElseThrow();
    assertThat(interval.low()).isEqualTo(2);
    assertThat(interval.high()).isEqualTo(2);
  }

  @Test
  void needsTwoSamples() {
    assertThat(MeanInterval.of(List.of(), 0.99)).isEmpty();
    assertThat(MeanInterval.of(List.of(1.0), 0.99)).isEmpty();
  }

  @Test
  void refusesAConfidenceThatIsNone() {
    for (double confidence : new double[] {0, 1, 99, Double.NaN}) {
      assertThatThrownBy(() -> MeanInterval.of(Samples.A, confidence))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not within (0, 1)");
    }
  }
}
