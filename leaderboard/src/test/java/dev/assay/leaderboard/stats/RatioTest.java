package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RatioTest {
  private static Interval interval(Ratio ratio) {
    return Objects.requireNonNull(ratio.interval());
  }

  /**
   * NumPy and SciPy: u = sem(A)/mean(A), v = sem(B)/mean(B), df by Welch and Satterthwaite,
   * exp(log(mean(A)/mean(B)) ± t.ppf(.995, df) * hypot(u, v)). Simulated coverage of this interval
   * with normal samples of these sizes and scatter was 0.9904 in 20,000 trials there.
   */
  @Test
  void ofMeansAgreesWithSciPy() {
    Ratio ratio = Ratio.of(Samples.time(Samples.A), Samples.time(Samples.B)).orElseThrow();
    assertThat(ratio.value()).isCloseTo(1.308108108108108, Samples.CLOSE);
    assertThat(interval(ratio).low()).isCloseTo(1.24396435066614, Samples.CLOSE);
    assertThat(interval(ratio).high()).isCloseTo(1.37555937321022, Samples.CLOSE);
    assertThat(interval(ratio).confidence()).isEqualTo(0.99);
    assertThat(ratio.isTie()).isFalse();
  }

  @Test
  void isTheReciprocalTheOtherWayRound() {
    Ratio ratio = Ratio.of(Samples.time(Samples.A), Samples.time(Samples.B)).orElseThrow();
    Ratio other = Ratio.of(Samples.time(Samples.B), Samples.time(Samples.A)).orElseThrow();
    assertThat(other.value()).isCloseTo(1 / ratio.value(), Samples.CLOSE);
    assertThat(interval(other).low()).isCloseTo(1 / interval(ratio).high(), Samples.CLOSE);
    assertThat(interval(other).high()).isCloseTo(1 / interval(ratio).low(), Samples.CLOSE);
  }

  /** exp of the confidence interval of scipy.stats.ttest_rel(log(p), log(q)) at 99 %. */
  @Test
  void ofPerplexitiesIsPairedByWindowAndAgreesWithSciPy() {
    Measurement p = Samples.perplexity(39.538209881396305, 40.0, 25.0, 61.0, 33.0, 48.0);
    Measurement q = Samples.perplexity(38.5836128272192, 39.0, 24.1, 60.2, 32.5, 46.5);
    Ratio ratio = Ratio.of(p, q).orElseThrow();
    assertThat(ratio.value()).isCloseTo(1.0247409971288037, Samples.CLOSE);
    assertThat(interval(ratio).low()).isCloseTo(1.0034973065657273, Samples.CLOSE);
    assertThat(interval(ratio).high()).isCloseTo(1.0464344092664037, Samples.CLOSE);
    assertThat(ratio.isTie()).isFalse();
  }

  @Test
  void ofPerplexitiesThatAreNotTheMeanOfTheirWindowsIsNotPaired() {
    Measurement p = Samples.perplexity(40.5, 40.0, 25.0, 61.0, 33.0, 48.0);
    Measurement q = Samples.perplexity(39.5, 39.0, 24.1, 60.2, 32.5, 46.5);
    assertThat(Ratio.of(p, q).orElseThrow().interval()).isNull();
  }

  @Test
  void ofTwoFiguresWithIntervalsAloneIsTheirQuotient() {
    Ratio ratio = Ratio.of(Samples.time(10, 8, 12), Samples.time(2, 1.6, 2.5)).orElseThrow();
    assertThat(ratio.value()).isEqualTo(5);
    assertThat(interval(ratio).low()).isCloseTo(8 / 2.5, Samples.CLOSE);
    assertThat(interval(ratio).high()).isCloseTo(12 / 1.6, Samples.CLOSE);
    assertThat(interval(ratio).confidence()).isCloseTo(0.998, Offset.offset(1e-12));
  }

  @Test
  void ofComputedFiguresIsExact() {
    assertThat(Ratio.of(Samples.size(30), Samples.size(10))).contains(new Ratio(3, null));
    assertThat(Ratio.of(Samples.size(10), Samples.size(10)).orElseThrow().isTie()).isTrue();
    assertThat(Ratio.of(Samples.size(10), Samples.size(11)).orElseThrow().isTie()).isFalse();
  }

  @Test
  void ofSamplesWithoutScatterHasAPointForInterval() {
    Ratio ratio =
        Ratio.of(Samples.time(List.of(4.0, 4.0)), Samples.time(List.of(2.0, 2.0))).orElseThrow();
    assertThat(interval(ratio).low()).isCloseTo(2, Samples.CLOSE);
    assertThat(interval(ratio).high()).isCloseTo(2, Samples.CLOSE);
  }

  @Test
  void doesNotExistForZero() {
    assertThat(Ratio.of(Samples.size(1), Samples.size(0))).isEmpty();
    assertThat(Ratio.of(Samples.size(0), Samples.size(1))).isEmpty();
  }

  @Test
  void hasNoIntervalWhereOneIsBeyondFigures() {
    Ratio ratio = Ratio.of(Samples.time(1e90, 1e80, 1e95), Samples.time(1, 1e-50, 2)).orElseThrow();
    assertThat(ratio).isEqualTo(new Ratio(1e90, null));
    assertThat(Ratio.of(Samples.size(1e100), Samples.size(1e-100)).orElseThrow().value())
        .isEqualTo(1e200);
    Measurement scattered = Samples.perplexity(1e50, 1.0, 1e100);
    Measurement even = Samples.perplexity(1, 1.0, 1.0);
    assertThat(Ratio.of(scattered, even).orElseThrow().interval()).isNull();
  }

  @Test
  void refusesDifferentMetrics() {
    assertThatThrownBy(() -> Ratio.of(Samples.size(1), Samples.time(1, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("sizeOnDisk", "timePerOutputToken");
  }
}
