package dev.assay.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Slopes as the code of Press et al. gives them. */
class AlibiTest {
  @Test
  void aPowerOfTwoOfHeadsHasAGeometricSeries() {
    Alibi alibi = new Alibi(8, 1, false);

    for (int head = 0; head < 8; head++) {
      assertThat(alibi.slope(head)).isEqualTo(Math.pow(2, -(head + 1)));
    }
  }

  @Test
  void otherNumbersOfHeadsTakeEverySecondOfTheNextSeries() {
    Alibi alibi = new Alibi(6, 1, false);

    assertThat(java.util.stream.IntStream.range(0, 6).mapToDouble(alibi::slope))
        .containsExactly(0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125);
  }

  @Test
  void biasesGrowWithThePosition() {
    assertThat(new Alibi(2, 0.5, false).table(3))
        .containsExactly(0f, 0.03125f, 0.0625f, 0f, 0.001953125f, 0.00390625f);
  }
}
