package dev.assay.harness.measure.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** From seconds to metrics, by hand. */
class LatencyFiguresTest {
  private static LatencyFigures figures(int batch, int forks, int iterations) {
    return new LatencyFigures(
        new GenerationLength(100, 11),
        new LatencyMeasure(100, 11, batch, 0, forks, 1, iterations),
        Map.of("harness", "none"),
        Provenance.MEASURED,
        null);
  }

  private static Measurement of(List<Measurement> all, String metric) {
    return all.stream().filter(each -> each.metric().equals(metric)).findFirst().orElseThrow();
  }

  @Test
  void decodeTimeIsSharedByAllTokensButTheFirst() {
    List<Measurement> found = figures(4, 1, 3).ofDecode(List.of(1.0, 2.0, 6.0));

    Measurement perToken = of(found, Metrics.TIME_PER_OUTPUT_TOKEN);
    assertThat(perToken.samples()).containsExactly(0.1, 0.2, 0.6);
    assertThat(perToken.value()).isCloseTo(Math.cbrt(0.1 * 0.2 * 0.6), within(1e-12));
    Measurement throughput = of(found, Metrics.DECODE_THROUGHPUT);
    assertThat(throughput.samples()).containsExactly(40.0, 20.0, 40.0 / 6);
    assertThat(throughput.value())
        .isCloseTo(4 / Objects.requireNonNull(perToken.value()), within(1e-9));
  }

  @Test
  void prefillThroughputCountsThePromptsOfAllSequences() {
    List<Measurement> found = figures(4, 1, 1).ofPrefill(List.of(0.5));

    assertThat(of(found, Metrics.TIME_TO_FIRST_TOKEN).value()).isEqualTo(0.5);
    assertThat(of(found, Metrics.PREFILL_THROUGHPUT).value()).isCloseTo(800, within(1e-9));
    assertThat(of(found, Metrics.PREFILL_THROUGHPUT).interval()).isNull();
  }

  @Test
  void eightSamplesAreEnoughForTheMediansInterval() {
    List<Double> seconds = List.of(8.0, 1.0, 2.0, 7.0, 3.0, 6.0, 4.0, 5.0);

    Measurement found = of(figures(1, 2, 4).ofPrefill(seconds), Metrics.TIME_TO_FIRST_TOKEN);

    assertThat(found.value()).isEqualTo(4.5);
    Interval interval = found.interval();
    assertThat(interval).isNotNull();
    assertThat(interval.low()).isEqualTo(1);
    assertThat(interval.high()).isEqualTo(8);
    assertThat(interval.confidence()).isEqualTo(1 - 2.0 / 256);
    assertThat(found.protocol().settings().get("statistic")).startsWith("median");
    assertThat(found.samples()).containsExactlyElementsOf(seconds);
  }

  @Test
  void formulasAreOnRecord() {
    assertThat(of(figures(1, 1, 1).ofDecode(List.of(1.0)), Metrics.TIME_PER_OUTPUT_TOKEN))
        .satisfies(
            each ->
                assertThat(each.protocol().settings())
                    .containsEntry("formula", "decode time / (decodeLength − 1)")
                    .containsEntry("harness", "none"));
  }

  @Test
  void noIntervalReachesZeroHoweverTheTimesScatter() {
    Random random = new Random(11);
    for (int count = 1; count <= 20; count++) {
      for (double wildness : new double[] {0.1, 1, 5, 40}) {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          seconds.add(Math.exp(wildness * random.nextGaussian()));
        }
        for (Measurement each : figures(1, 1, count).ofDecode(seconds)) {
          Interval interval = each.interval();
          if (interval != null) {
            assertThat(interval.low()).as("%s of %s", each.metric(), seconds).isPositive();
            assertThat(each.value()).isBetween(interval.low(), interval.high());
          }
        }
      }
    }
  }
}
