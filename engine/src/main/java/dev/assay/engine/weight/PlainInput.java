package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ModuleNode;

/** The input as it comes. */
public record PlainInput() implements InputScheme {
  @Override
  public String name() {
    return "none";
  }

  @Override
  public boolean rounds() {
    return false;
  }

  @Override
  public String words() {
    return "as it comes";
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.module("PlainInput");
  }
}
