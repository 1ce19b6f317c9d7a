package dev.assay.engine.prune.trained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SparsityRampTest {
  /** 10 steps of nothing, 20 of a cubic, 10 of all. */
  private static final SparsityRamp RAMP = new SparsityRamp(0.9, 10, 10, 40);

  @Test
  void itIsThePublishedCubic() {
    assertThat(RAMP.at(0)).isZero();
    assertThat(RAMP.at(10)).isZero();
    // 0.9 (1 − (1 − 10 / 20)³), and so on.
    assertThat(RAMP.at(20)).isCloseTo(0.9 * (1 - 0.125), within(1e-12));
    assertThat(RAMP.at(15)).isCloseTo(0.9 * (1 - 0.421875), within(1e-12));
    assertThat(RAMP.at(30)).isEqualTo(0.9);
    assertThat(RAMP.at(39)).isEqualTo(0.9);
  }

  @Test
  void itNeverFalls() {
    for (int step = 1; step < 40; step++) {
      assertThat(RAMP.at(step)).isGreaterThanOrEqualTo(RAMP.at(step - 1));
      assertThat(RAMP.goes(999, step)).isGreaterThanOrEqualTo(RAMP.goes(999, step - 1));
    }
    assertThat(RAMP.goes(1000, 39)).isEqualTo(900);
  }

  @Test
  void thereIsTimeToPruneIn() {
    assertThatThrownBy(() -> new SparsityRamp(0.5, 6, 4, 10)).hasMessageContaining("warmupSteps");
    assertThatThrownBy(() -> new SparsityRamp(0.5, 6, 0, 10)).hasMessageContaining("cooldownSteps");
    assertThat(new SparsityRamp(0.5, 0, 1, 2).at(1)).isEqualTo(0.5);
  }
}
