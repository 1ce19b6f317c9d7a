package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;

/**
 * Rounded to codes on one grid that calibration has found: value = scale · (code − zero), codes
 * from 0 to 2^bits − 1.
 *
 * @param bits bits a code
 * @param scale distance of the grid's points
 * @param zero the code of the value 0; beyond the codes where 0 is none of the values
 * @param zeroFirst whether the zero is added before rounding, which decides where a value is
 *     half-way
 * @see <a href="https://arxiv.org/abs/2211.10438">Xiao et al. 2022, SmoothQuant</a>
 */
public record StaticInput(int bits, double scale, int zero, boolean zeroFirst)
    implements InputScheme {
  static final String NAME = "static";
  private static final int MOST = 1 << 24;

  public StaticInput {
    InputModules.requireBits(bits);
    InputModules.requireScale(scale);
    if (Math.abs((long) zero) > MOST) {
      throw new IllegalArgumentException(
          "zero: found " + zero + ", expected " + -MOST + " to " + MOST);
    }
  }

  /** With the zero added after rounding. */
  public StaticInput(int bits, double scale, int zero) {
    this(bits, scale, zero, false);
  }

  /**
   * The grid of a range that calibration saw.
   *
   * @param least at most 0
   * @param greatest at least 0
   * @param symmetric whether it reaches as far to the other side
   * @param rule whose grids have zeros and reach as far as the values
   */
  public static StaticInput between(
      int bits, double least, double greatest, boolean symmetric, IntegerRule rule) {
    return StaticGrids.of(bits, (float) least, (float) greatest, symmetric, rule);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public String words() {
    return "rounded to " + bits + " bits";
  }

  @Override
  public ObjectNode json() {
    ObjectNode json =
        InputScheme.super.json().put("bits", bits).put("scale", scale).put("zero", zero);
    return zeroFirst ? json.put("zeroFirst", true) : json;
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.module("StaticInput")
        .with("scale", scale)
        .with("zero", (double) zero)
        .with("first", zeroFirst)
        .with("top", (1 << bits) - 1.0);
  }
}
