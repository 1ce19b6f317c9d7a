package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MannWhitneyTest {
  /** scipy.stats.mannwhitneyu(a, b, method='exact') */
  @Test
  void isExactForFewSamples() {
    List<Double> a = List.of(12.1, 11.8, 12.4, 12.05, 11.9, 12.3, 12.2, 11.7);
    List<Double> b = List.of(12.35, 12.6, 11.95, 12.5, 12.7, 12.45, 12.8);
    assertThat(MannWhitney.pValue(a, b)).isCloseTo(0.009324009324009324, Samples.CLOSE);
    assertThat(MannWhitney.pValue(b, a)).isCloseTo(0.009324009324009324, Samples.CLOSE);
  }

  /** scipy.stats.mannwhitneyu(A, B, method='asymptotic'), as 12.0 occurs twice. */
  @Test
  void approximatesWhereSamplesTie() {
    assertThat(MannWhitney.pValue(Samples.A, Samples.B))
        .isCloseTo(0.00044561986826484665, Samples.CLOSE);
    assertThat(MannWhitney.pValue(Samples.A, Samples.A)).isEqualTo(1);
  }

  @Test
  void needsSamples() {
    assertThatThrownBy(() -> MannWhitney.pValue(List.of(), Samples.B))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
