package dev.assay.harness.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuFamilyTest {
  @Test
  void readsWhatItWrites() {
    CpuFamily emeraldRapids = new CpuFamily(6, 207, 2);

    assertThat(emeraldRapids).hasToString("family 6 model 207 stepping 2");
    assertThat(CpuFamily.parse(emeraldRapids.toString())).contains(emeraldRapids);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Intel64 Family 6 Model 207 Stepping 2", "family 6 model x stepping 2"})
  void knowsNothingOfOtherTexts(String text) {
    assertThat(CpuFamily.parse(text)).isEmpty();
  }
}
