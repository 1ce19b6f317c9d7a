package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;

/**
 * Rounded to NVFP4 as compressed-tensors does: 4-bit floats in blocks of 16 features under 8-bit
 * ones that are found as they come, those under one number that calibration has found.
 *
 * @param divisor that number, which scales are divided by
 * @see Nvfp4Weight
 */
public record Nvfp4Input(double divisor) implements InputScheme {
  static final String NAME = "nvfp4";

  /** The greatest float of 8 bits times the greatest of 4. */
  private static final float REACH = 448 * 6;

  public Nvfp4Input {
    InputModules.requireScale(divisor);
  }

  /** The scheme of a greatest magnitude. */
  public static Nvfp4Input reaching(double magnitude) {
    return new Nvfp4Input(magnitude == 0 ? 1 : REACH / (float) magnitude);
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
    return "rounded to nvfp4";
  }

  @Override
  public ObjectNode json() {
    return InputScheme.super.json().put("divisor", divisor);
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.blocks("Nvfp4Input")
        .with("size", Nvfp4Weight.BLOCK)
        .with("divisor", divisor);
  }
}
