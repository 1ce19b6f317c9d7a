package dev.assay.harness.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RemainingTimeTest {
  @Test
  void correctsEstimatesByWhatCellsTook() {
    RemainingTime remaining = new RemainingTime(Map.of("a", 10.0, "b", 20.0, "c", 30.0, "d", 5.0));
    assertThat(remaining.remaining(Duration.ZERO)).hasValue(Duration.ofSeconds(65));

    remaining.skipped("d");
    remaining.began("a");
    assertThat(remaining.remaining(Duration.ofSeconds(4))).hasValue(Duration.ofSeconds(56));
    remaining.ended(Duration.ofSeconds(20));
    assertThat(remaining.remaining(Duration.ZERO)).hasValue(Duration.ofSeconds(100));

    remaining.began("b");
    assertThat(remaining.remaining(Duration.ofSeconds(100)))
        .as("a cell that takes longer than it should is about to end")
        .hasValue(Duration.ofSeconds(60));
  }
}
