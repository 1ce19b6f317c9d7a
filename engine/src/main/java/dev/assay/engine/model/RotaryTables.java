package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;

/**
 * Cosines and sines of all positions, [positions, dimensions / 2].
 *
 * @param cosines of the arithmetic's type
 * @param sines of the arithmetic's type
 */
record RotaryTables(NDArray cosines, NDArray sines) {
  static RotaryTables of(TorchSession torch, NDManager owner, DecoderSpec spec, DType dtype) {
    Rope rope = spec.rope();
    int positions = spec.contextLength();
    return new RotaryTables(
        table(torch, owner, rope.cosines(positions), positions, dtype),
        table(torch, owner, rope.sines(positions), positions, dtype));
  }

  private static NDArray table(
      TorchSession torch, NDManager owner, float[] values, int positions, DType dtype) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray exact = Tensors.of(scope, values, positions, values.length / positions);
      return torch.tensors().copy(owner, torch.tensors().cast(scope, exact, dtype));
    }
  }
}
