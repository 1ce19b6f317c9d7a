package dev.assay.harness.hardware.ceiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RooflineTest {
  private static final double H100_BF16 = 989.5e12;
  private static final double H100_DRAM = 3.35e12;

  @Test
  void memoryLimitsLowIntensity() {
    // Decoding in bfloat16 at batch 1: 2 FLOP for each weight of 2 bytes.
    assertThat(Roofline.attainable(1, H100_BF16, H100_DRAM)).isEqualTo(3.35e12);
  }

  @Test
  void arithmeticLimitsHighIntensity() {
    assertThat(Roofline.attainable(1000, H100_BF16, H100_DRAM)).isEqualTo(989.5e12);
  }

  @Test
  void utilizationOfArithmetic() {
    // 7e9 parameters, 2048 tokens, 2 FLOP each: 2.8672e13 FLOP in 0.1 s are 286.72 TFLOP/s.
    assertThat(Roofline.modelFlopsUtilization(2.0 * 7e9 * 2048, 0.1, H100_BF16))
        .isCloseTo(0.289763, within(1e-6));
  }

  @Test
  void utilizationOfBandwidth() {
    // 14 GB of weights and 0.5 GB of cache for a token every 6 ms: 2.4167 TB/s.
    assertThat(Roofline.modelBandwidthUtilization(14.5e9, 0.006, H100_DRAM))
        .isCloseTo(0.721393, within(1e-6));
  }

  @Test
  void refusesWhatIsNoRate() {
    assertThatThrownBy(() -> Roofline.attainable(1, 0, 1)).hasMessageContaining("peak: found 0.0");
    assertThatThrownBy(() -> Roofline.attainable(Double.NaN, 1, 1))
        .hasMessageContaining("intensity: found NaN");
    assertThatThrownBy(() -> Roofline.modelBandwidthUtilization(1, 1, Double.POSITIVE_INFINITY))
        .hasMessageContaining("bandwidth");
  }
}
