package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;

/**
 * Rounded to floats of 8 bits under one scale that calibration has found; greater values are the
 * greatest number of the type.
 *
 * @param type of the floats
 * @param scale value = scale · float
 */
public record StaticFloatInput(DType type, double scale) implements InputScheme {
  static final String NAME = "float-static";

  public StaticFloatInput {
    InputModules.requireFloat8(type);
    InputModules.requireScale(scale);
  }

  /** The scheme of a greatest magnitude, as compressed-tensors has it. */
  public static StaticFloatInput reaching(DType type, double magnitude) {
    float scale = (float) magnitude / (float) type.greatest();
    return new StaticFloatInput(type, scale == 0 ? 0x1p-23 : scale);
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
    return "rounded to " + type.label();
  }

  @Override
  public ObjectNode json() {
    return InputScheme.super.json().put("type", type.safetensorsName()).put("scale", scale);
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.float8("StaticFloatInput")
        .with("dtype", type.scriptCode())
        .with("limit", type.greatest())
        .with("scale", scale);
  }
}
