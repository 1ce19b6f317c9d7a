package dev.assay.engine.weight;

import dev.assay.engine.config.EnumName;

/**
 * Which code's convention small floats under a scale follow. m is the greatest magnitude, L the
 * greatest number of the type.
 */
public enum FloatRule {
  /** Divided by m / L, or by 2^−23 where m is 0. */
  COMPRESSED_TENSORS(0, 0, false, false),
  /** Multiplied by the reciprocal of max(m / L, 1 / (512 L)); vLLM's scale a token. */
  VLLM(0, 1.0 / 512, true, false),
  /** Divided by max(m / L, 1 / (512 L)); vLLM's scale a group. */
  VLLM_GROUP(0, 1.0 / 512, false, false),
  /** Divided by max(m, 1e−4) / L; DeepSeek-V3. */
  DEEPSEEK(1e-4, 0, false, false),
  /** The same, the scale the next power of two. */
  DEEPSEEK_POWERS(1e-4, 0, false, true);

  private final double leastMagnitude;
  private final double leastScale;
  private final boolean reciprocal;
  private final boolean powers;

  FloatRule(double leastMagnitude, double leastScale, boolean reciprocal, boolean powers) {
    this.leastMagnitude = leastMagnitude;
    this.leastScale = leastScale;
    this.reciprocal = reciprocal;
    this.powers = powers;
  }

  /** Its name in configurations. */
  public String label() {
    return EnumName.of(this);
  }

  /** What a smaller greatest magnitude is taken for. */
  double leastMagnitude() {
    return leastMagnitude;
  }

  /** The least scale, times the greatest number of the type. */
  double leastScale() {
    return leastScale;
  }

  /** Whether values are multiplied by the scale's reciprocal, otherwise divided by the scale. */
  boolean reciprocal() {
    return reciprocal;
  }

  /** Whether scales are powers of two. */
  boolean powers() {
    return powers;
  }

  /**
   * The rule of a name.
   *
   * @throws IllegalArgumentException if there is none such
   */
  public static FloatRule of(String label) {
    return EnumName.parse(FloatRule.class, "rule", label);
  }
}
