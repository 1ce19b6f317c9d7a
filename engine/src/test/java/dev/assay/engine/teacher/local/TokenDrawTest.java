package dev.assay.engine.teacher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.teacher.chat.Sampling;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokenDrawTest {
  private static final int DRAWS = 40_000;

  private static double[] shares(@Nullable Double temperature, @Nullable Double topP) {
    float[] logits = {(float) Math.log(1), (float) Math.log(4), (float) Math.log(3), -1e9f};
    TokenDraw draw =
        new TokenDraw(
            new Sampling(temperature, topP, null, null, null, null, null), new SplittableRandom(5));
    double[] shares = new double[logits.length];
    for (int i = 0; i < DRAWS; i++) {
      shares[draw.of(logits)] += 1.0 / DRAWS;
    }
    return shares;
  }

  @Test
  void withoutATemperatureTheMostProbableIsTaken() {
    assertThat(shares(null, null)).containsExactly(new double[] {0, 1, 0, 0}, within(1e-6));
    assertThat(shares(0.0, 0.9)).containsExactly(new double[] {0, 1, 0, 0}, within(1e-6));
  }

  @Test
  void drawsFollowTheProbabilities() {
    assertThat(shares(1.0, null))
        .containsExactly(new double[] {1 / 8.0, 4 / 8.0, 3 / 8.0, 0}, within(0.01));
    // Half the temperature squares what they are in relation to each other.
    assertThat(shares(0.5, 1.0))
        .containsExactly(new double[] {1 / 26.0, 16 / 26.0, 9 / 26.0, 0}, within(0.01));
  }

  @Test
  void theFewestThatTogetherHaveEnoughAreKept() {
    assertThat(shares(1.0, 0.45)).containsExactly(new double[] {0, 1, 0, 0}, within(1e-6));
    assertThat(shares(1.0, 0.6))
        .containsExactly(new double[] {0, 4 / 7.0, 3 / 7.0, 0}, within(0.01));
    assertThat(shares(1.0, 1e-9)).containsExactly(new double[] {0, 1, 0, 0}, within(1e-6));
  }
}
