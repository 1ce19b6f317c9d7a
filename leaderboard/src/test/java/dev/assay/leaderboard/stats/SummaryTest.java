package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void agreesWithNumPyAndSciPy() {
    Summary summary = Summary.of(Samples.A);
    assertThat(summary.count()).isEqualTo(10);
    assertThat(summary.mean()).isCloseTo(12.1, Samples.CLOSE);
    assertThat(summary.median()).isCloseTo(12.05, Samples.CLOSE);
    // numpy: std(ddof=1); scipy.stats: sem
    assertThat(summary.standardDeviation()).isCloseTo(0.27888667551135854, Samples.CLOSE);
    assertThat(summary.standardError()).isCloseTo(0.08819171036881969, Samples.CLOSE);
    assertThat(summary.min()).isEqualTo(11.7);
    assertThat(summary.max()).isEqualTo(12.6);
  }

  @Test
  void knowsNoErrorOfASingleSample() {
    Summary summary = Summary.of(List.of(3.0));
    assertThat(summary.mean()).isEqualTo(3);
    assertThat(summary.standardDeviation()).isZero();
    assertThat(summary.standardError()).isNaN();
  }

  @Test
  void leavesItsSamplesInOrder() {
    List<Double> samples = new java.util.ArrayList<>(List.of(3.0, 1.0, 2.0));
    Summary.of(samples);
    assertThat(samples).containsExactly(3.0, 1.0, 2.0);
  }

  @Test
  void refusesNoSamplesAndNoNumbers() {
    assertThatThrownBy(() -> Summary.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Summary.of(List.of(1.0, Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
  }
}
