package dev.assay.engine.weight;

import dev.assay.engine.config.EnumName;

/**
 * Which code's convention a grid of whole numbers follows; "symmetric 8 bits" alone has several. m
 * is the greatest magnitude, b the bits a code.
 */
public enum IntegerRule {
  /** Steps of m / (2^(b−1) − 1); fake_quant.py of mit-han-lab/smoothquant. */
  SMOOTHQUANT,
  /**
   * Steps of m / ((2^b − 1) / 2), codes from −2^(b−1); clamped, and any zero added, before
   * rounding; llm-compressor and compressed-tensors.
   */
  COMPRESSED_TENSORS,
  /** The same steps; multiplied by their reciprocal, the zero added after rounding; torchao. */
  TORCHAO(0x1p-23),
  /** The same with smaller steps allowed, as torchao has it beside weights of 4 bits. */
  TORCHAO_FINE(Float.MIN_NORMAL),
  /** Steps of m / (2^(b−1) − 1) in float16; mit-han-lab/qserve. */
  QSERVE,
  /** Multiplied by (2^(b−1) − 1) / max(m, 1e−5), codes from −2^(b−1); BitNet b1.58. */
  BITNET,
  /** Steps of 2m / 2^b, or of the range / 2^b; DeepSpeed. */
  ZEROQUANT;

  private final double least;

  IntegerRule() {
    this(0);
  }

  IntegerRule(double least) {
    this.least = least;
  }

  /** The least distance of the grid's points, for torchao's rules. */
  double least() {
    return least;
  }

  /** Its name in configurations. */
  public String label() {
    return EnumName.of(this);
  }

  /** Whether it has grids whose zero is elsewhere than in the middle. */
  public boolean hasZeros() {
    return this != QSERVE && this != BITNET;
  }

  /**
   * The rule of a name.
   *
   * @throws IllegalArgumentException if there is none such
   */
  public static IntegerRule of(String label) {
    return EnumName.parse(IntegerRule.class, "rule", label);
  }
}
