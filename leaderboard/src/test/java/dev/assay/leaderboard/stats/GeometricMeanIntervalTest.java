package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeometricMeanIntervalTest {
  @Test
  void isStudentsIntervalOfTheLogarithms() {
    // Logarithms 0, 1, 2: mean 1, standard error 1/√3; t(0.975, 2) = 4.302652729749464.
    List<Double> samples = List.of(1.0, Math.E, Math.E * Math.E);
    Interval interval = GeometricMeanInterval.of(samples, 0.95).orElseThrow();
    double margin = 4.302652729749464 / Math.sqrt(3);

    assertThat(GeometricMeanInterval.centre(samples)).isCloseTo(Math.E, within(1e-12));
    assertThat(interval.low()).isCloseTo(Math.exp(1 - margin), within(1e-9));
    assertThat(interval.high()).isCloseTo(Math.exp(1 + margin), within(1e-9));
  }

  @Test
  void staysAboveZeroWhereStudentsOfTheSamplesWouldNot() {
    List<Double> wild = List.of(0.01, 0.02, 3.0);

    assertThat(MeanInterval.of(wild, 0.99).orElseThrow().low()).isNegative();
    assertThat(GeometricMeanInterval.of(wild, 0.99).orElseThrow().low()).isPositive();
  }

  @Test
  void isNotGivenWhereNoNumberHoldsIt() {
    assertThat(GeometricMeanInterval.of(List.of(1e-300, 1e300), 0.99)).isEmpty();
    assertThat(GeometricMeanInterval.of(List.of(1.0), 0.99)).isEmpty();
  }

  @Test
  void refusesWhatHasNoLogarithm() {
    assertThatThrownBy(() -> GeometricMeanInterval.of(List.of(1.0, 0.0), 0.99))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.0 is not above 0");
  }

  @Test
  void theRatioOfTwoIsWelchsOfTheLogarithms() {
    Measurement a = of(List.of(1.0, Math.E, Math.E * Math.E));
    Measurement b = of(List.of(1.0, 1.0, 1.0));
    Ratio ratio = Ratio.of(a, b).orElseThrow();

    // The second has no scatter, so the degrees of freedom are those of the first: 2.
    double margin = MeanInterval.quantile(Ratio.CONFIDENCE, 2) / Math.sqrt(3);
    assertThat(ratio.interval()).isNotNull();
    assertThat(ratio.interval().low()).isCloseTo(Math.exp(1 - margin), within(1e-9));
    assertThat(ratio.interval().high()).isCloseTo(Math.exp(1 + margin), within(1e-6));
  }

  private static Measurement of(List<Double> samples) {
    return ResultBuilder.measured(
        "timePerOutputToken",
        GeometricMeanInterval.centre(samples),
        null,
        samples.toArray(Double[]::new));
  }
}
