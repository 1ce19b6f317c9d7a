package dev.assay.harness.run.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.result.Failure;
import org.junit.jupiter.api.Test;

class FailedMeasureTest {
  @Test
  void aCauseTakesOneLine() {
    Failure failure =
        FailureCause.of("memory", new IllegalStateException("first line\n  second\n\nmore"));

    assertThat(FailedMeasure.note(failure)).isEqualTo("failed: first line second");
  }
}
