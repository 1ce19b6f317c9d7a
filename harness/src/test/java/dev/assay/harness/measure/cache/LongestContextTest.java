package dev.assay.harness.measure.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.model.CacheSize;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import org.junit.jupiter.api.Test;

class LongestContextTest {
  private static final ContextMemory CONTEXT = new ContextMemory(600, new CacheSize(7, 50), 20);

  @Test
  void isWhatFitsBesideTheWeights() {
    Measurement found = LongestContext.of(CONTEXT, 1000L, "of the machine");

    assertThat(found.value()).isEqualTo(50);
    assertThat(found.provenance()).isEqualTo(Provenance.COMPUTED);
    assertThat(found.protocol().settings()).containsEntry("memory", "1000 B, of the machine");
    assertThat(found.note())
        .isEqualTo(
            "(memory − weights − cache of any length) / cache a token = (1000 − 600 − 50) / 7.00;"
                + " the model states 20 positions");
  }

  @Test
  void isNothingWhereWeightsDoNotFit() {
    assertThat(LongestContext.of(CONTEXT, 500L, "of the machine").value()).isZero();
  }

  @Test
  void isUnsupportedWhereNobodyKnowsTheMemory() {
    Measurement found = LongestContext.of(CONTEXT, null, "no profile says");

    assertThat(found.value()).isNull();
    assertThat(found.provenance()).isEqualTo(Provenance.UNSUPPORTED);
    assertThat(found.note()).isEqualTo("no profile says");
  }
}
