package dev.assay.harness.run.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.result.Failure;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailedMeasureTest {
  @Test
  void aCauseTakesOneLine() {
    Failure failure =
        FailureCause.of("memory", new IllegalStateException("first line\n  second\n\nmore"));

    assertThat(FailedMeasure.note(failure)).isEqualTo("failed: first line second");
  }

  @Test
  void whereItWasThrownIsKept(@TempDir Path logs) {
    Path log = logs.resolve("memory-failed.log");
    for (String why : List.of("first", "second")) {
      Failure failure = FailureCause.of("memory", new IllegalStateException(why));

      assertThat(FailedMeasure.note(failure, log)).isEqualTo("failed: " + why);
    }

    assertThat(log)
        .content()
        .containsSubsequence(
            "IllegalStateException: first",
            "at " + FailedMeasureTest.class.getName(),
            "IllegalStateException: second",
            "at " + FailedMeasureTest.class.getName());
  }

  @Test
  void thatItCannotBeKeptDoesNoHarm(@TempDir Path logs) {
    Failure failure = FailureCause.of("memory", new IllegalStateException("why"));

    assertThat(FailedMeasure.note(failure, logs)).isEqualTo("failed: why");
  }
}
