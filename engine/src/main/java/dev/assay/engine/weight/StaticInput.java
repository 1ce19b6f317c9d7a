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
 * @param zero the code of the value 0
 * @see <a href="https://arxiv.org/abs/2211.10438">Xiao et al. 2022, SmoothQuant</a>
 */
public record StaticInput(int bits, double scale, int zero) implements InputScheme {
  public StaticInput {
    InputModules.requireBits(bits);
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException("scale: found " + scale + ", expected above 0");
    }
    if (zero < 0 || zero >= 1 << bits) {
      throw new IllegalArgumentException(
          "zero: found " + zero + ", expected 0 to " + ((1 << bits) - 1));
    }
  }

  @Override
  public String name() {
    return "static";
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
    return InputScheme.super.json().put("bits", bits).put("scale", scale).put("zero", zero);
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.module("StaticInput")
        .with("scale", scale)
        .with("zero", (double) zero)
        .with("top", (1 << bits) - 1.0);
  }
}
