package dev.assay.harness.measure.size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.harness.measure.flops.DecoderFlops;
import dev.assay.harness.measure.flops.FlopCount;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.StageSize;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RemovedMetricTest {
  private static final StageSize BEFORE = new StageSize(1000, 4000, 800, 0, 3200, 0, 0);

  private static Measurement of(List<Measurement> all, String metric) {
    return all.stream().filter(each -> each.metric().equals(metric)).findFirst().orElseThrow();
  }

  @Test
  void sharesAreOfWhatThereWas() {
    StageSize after = new StageSize(800, 2400, 600, 150, 1800, 500, 300);
    List<Measurement> all = RemovedMetric.ofSize(BEFORE, after, 5000, 3000);

    assertThat(all).extracting(Measurement::provenance).containsOnly(Provenance.COMPUTED);
    assertThat(of(all, Metrics.PARAMETERS).value()).isEqualTo(800.0);
    assertThat(of(all, Metrics.REMOVED_FROM_MODEL).value()).isCloseTo(0.2, within(1e-12));
    assertThat(of(all, Metrics.REMOVED_FROM_LINEARS).value()).isCloseTo(0.4, within(1e-12));
    assertThat(of(all, Metrics.ZEROS_IN_LINEARS).value()).isCloseTo(0.25, within(1e-12));
    assertThat(of(all, Metrics.REMOVED_BYTES).value()).isCloseTo(0.4, within(1e-12));
    assertThat(of(all, Metrics.REMOVED_FROM_LINEARS).note()).contains("300 / 500");
  }

  @Test
  void whatHasGrownIsNotShownAsGone() {
    StageSize after = new StageSize(1100, 4400, 900, 0, 3600, 800, 900);
    Measurement model =
        of(RemovedMetric.ofSize(BEFORE, after, 5000, 5000), Metrics.REMOVED_FROM_MODEL);

    assertThat(model.value()).isNull();
    assertThat(model.provenance()).isEqualTo(Provenance.UNSUPPORTED);
    assertThat(model.note()).contains("nothing is removed, there is 1.1000 times as much");
  }

  @Test
  void withoutStagesNothingIsGone() {
    List<Measurement> all = RemovedMetric.ofSize(BEFORE, BEFORE, 5000, 5000);

    for (String metric :
        List.of(Metrics.REMOVED_FROM_MODEL, Metrics.REMOVED_FROM_LINEARS, Metrics.REMOVED_BYTES)) {
      assertThat(of(all, metric).value()).as(metric).isEqualTo(0);
    }
  }

  @Test
  void flopsAreOfADecodedTokenInBothCounts() {
    DecoderFlops was = new DecoderFlops(1000, 200, 4);
    DecoderFlops dense = new DecoderFlops(700, 200, 4);
    DecoderFlops effective = new DecoderFlops(400, 200, 4);
    List<Measurement> all =
        RemovedMetric.ofFlops(
            Map.of(FlopCount.DENSE_EQUIVALENT, was, FlopCount.EFFECTIVE, was),
            Map.of(FlopCount.DENSE_EQUIVALENT, dense, FlopCount.EFFECTIVE, effective),
            75);

    assertThat(all).extracting(Measurement::metric).containsOnly(Metrics.REMOVED_FLOPS);
    assertThat(all.get(0).protocol().settings())
        .containsEntry("count", "dense equivalent")
        .containsEntry("context", "75.0");
    assertThat(all.get(0).value()).isCloseTo(0.2, within(1e-12));
    assertThat(all.get(1).value()).isCloseTo(0.4, within(1e-12));
  }
}
