package dev.assay.harness.measure.size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.harness.measure.weights.LinearWeight;
import dev.assay.harness.measure.weights.LinearWeights;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import java.util.List;
import org.junit.jupiter.api.Test;

class SizeMetricTest {
  /** A 4-bit linear of 128 × 256 in one group of 128: 16,384 + 512 + 128 + 1,024 bytes. */
  private static final LinearWeights LINEARS =
      new LinearWeights(
          List.of(
              new LinearWeight(
                  "w", 128, 256, 128 * 256, 128 * 256, 16_384 + 512 + 128 + 1024, 4, 1)),
          new LinearWeight("head", 1000, 128, 128_000, 128_000, 256_000, 16, 1));

  @Test
  void ratiosFollowFromBytes() {
    List<Measurement> found = new SizeMetric(300_000, 900_000, 310_000, LINEARS).measurements();

    assertThat(found).allMatch(each -> each.provenance() == Provenance.COMPUTED);
    assertThat(value(found, Metrics.SIZE_ON_DISK)).isEqualTo(300_000);
    assertThat(value(found, Metrics.SIZE_IN_MEMORY)).isEqualTo(310_000);
    assertThat(value(found, Metrics.COMPRESSION_RATIO)).isEqualTo(3);
    assertThat(value(found, Metrics.BITS_PER_WEIGHT)).isEqualTo(18_048 * 8.0 / 32_768);
    assertThat(value(found, Metrics.NOMINAL_BITS_PER_WEIGHT)).isEqualTo(4);
  }

  @Test
  void emptyFilesAreNoModel() {
    assertThatThrownBy(() -> new SizeMetric(0, 1, 1, LINEARS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0, 1 and 1 bytes");
  }

  private static double value(List<Measurement> found, String metric) {
    return found.stream()
        .filter(each -> each.metric().equals(metric))
        .map(Measurement::value)
        .findFirst()
        .orElseThrow();
  }
}
