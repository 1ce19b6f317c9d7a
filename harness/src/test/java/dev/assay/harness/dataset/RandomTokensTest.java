package dev.assay.harness.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomTokensTest {
  @Test
  void aSeedGivesTheSameIdsFromTheWholeVocabulary() {
    CalibrationSequences sequences = new RandomTokens(50, 9).sequences(20, 100);

    assertThat(sequences.sha256())
        .isEqualTo(new RandomTokens(50, 9).sequences(20, 100).sha256())
        .isNotEqualTo(new RandomTokens(50, 8).sequences(20, 100).sha256());
    long[] ids = Arrays.stream(sequences.ids()).flatMapToLong(Arrays::stream).toArray();
    assertThat(ids).hasSize(2000);
    assertThat(Arrays.stream(ids).distinct().count()).isEqualTo(50);
    assertThat(Arrays.stream(ids).max()).hasValue(49);
    assertThat(Arrays.stream(ids).min()).hasValue(0);
  }
}
