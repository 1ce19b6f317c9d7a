package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What positions are scored against. */
class LabelsTest {
  /** Labels are what comes next, of the answers alone. */
  @Test
  void aBatchByHand() {
    TrainingBatch batch =
        Labels.padded(
            List.of(new long[] {5, 6, 7, 8}, new long[] {5, 9}),
            List.of(new long[] {-100, -100, 7, 8}, new long[] {-100, 9}),
            0);

    assertThat(batch.ids()).isDeepEqualTo(new long[][] {{5, 6, 7, 8}, {5, 9, 0, 0}});
    assertThat(batch.mask()).isDeepEqualTo(new long[][] {{1, 1, 1, 1}, {1, 1, 0, 0}});
    assertThat(batch.labels())
        .isDeepEqualTo(new long[][] {{-100, 7, 8, -100}, {9, -100, -100, -100}});
  }

  @Test
  void aDecoderIsShownTheLabelsBefore() {
    assertThat(Labels.begun(new long[][] {{7, 8, 9}, {4, -100, 5}}, 2))
        .isDeepEqualTo(new long[][] {{2, 7, 8}, {2, 4, 0}});
  }
}
