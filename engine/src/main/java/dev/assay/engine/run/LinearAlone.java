package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.Random;

/** A linear outside of any model, and inputs for it. */
final class LinearAlone {
  private LinearAlone() {}

  /**
   * A linear, loaded, with a method {@code forward}.
   *
   * @param owner manager of the module
   * @param linear a {@code linear.Linear}
   */
  static ScriptModule of(NDManager owner, ModuleNode linear) {
    ModuleNode root = Scripts.module("calibration.Product").with("linear", linear);
    ScriptModule module = ScriptModule.load(owner, root.object());
    module.load(root.tensors());
    return module;
  }

  /** Normal numbers of a seed, float32 [rows, features]. */
  static NDArray inputs(TorchSession torch, NDManager owner, int rows, long features, long seed) {
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(rows * features)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    try (NDManager scope = owner.newSubManager()) {
      return torch.tensors().copy(owner, scope.create(values, new Shape(rows, features)));
    }
  }
}
