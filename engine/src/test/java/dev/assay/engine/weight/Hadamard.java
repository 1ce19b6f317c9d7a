package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;

/**
 * Sylvester's Hadamard matrices, which are symmetric and, over the root of their size, orthonormal.
 */
final class Hadamard {
  private Hadamard() {}

  /**
   * The matrix [size, size] over the root of its size.
   *
   * @param size a power of two
   */
  static NDArray matrix(NDManager owner, TorchSession torch, int size, DType dtype) {
    float[] values = new float[size * size];
    float unit = (float) (1 / Math.sqrt(size));
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        values[row * size + column] = Integer.bitCount(row & column) % 2 == 0 ? unit : -unit;
      }
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray matrix = Tensors.of(scope, values, size, size);
      return torch.tensors().copy(owner, torch.tensors().cast(scope, matrix, dtype));
    }
  }
}
