package dev.assay.leaderboard.site.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.site.sample.SampleResults;
import java.util.List;
import org.junit.jupiter.api.Test;

class RooflineSeriesTest {
  private static Ceiling readCache(double value) {
    return new Ceiling(
        "bandwidth", "read-cache", "any", value, "B/s", "measured", "y = matrix · x", List.of());
  }

  @Test
  void ofWhatEachCellHasMeasuredForItselfTheBestIsDrawn() {
    List<Ceiling> ceilings = List.of(readCache(1e10), readCache(3e10), readCache(2e10));

    RooflineData data = new RooflineSeries(SampleResults.all(), ceilings, "cells/").data();

    assertThat(data.roofs())
        .extracting(RooflineData.Roof::name)
        .containsExactly("read-cache 30 GB/s");
  }
}
