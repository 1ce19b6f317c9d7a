package dev.assay.engine.fold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.hadamard.HadamardMatrix;
import dev.assay.engine.torch.TorchSession;

/** An orthogonal matrix Q by which vectors of the residual stream, as rows, are multiplied. */
sealed interface StreamRotation {
  /** X Q, float64 [..., hidden]. */
  NDArray apply(TorchSession torch, NDManager owner, NDArray rows);

  /**
   * Q = diag(d) Mᵀ / √n: every row's elements times the signs, then times a Hadamard matrix.
   *
   * @param signs float64 [hidden], 1 and −1
   */
  record Hadamard(HadamardMatrix matrix, NDArray signs) implements StreamRotation {
    @Override
    public NDArray apply(TorchSession torch, NDManager owner, NDArray rows) {
      try (NDManager scope = owner.newSubManager()) {
        NDArray signed = rows.mul(signs);
        signed.attach(scope);
        return matrix.multiply(torch, owner, signed, 1);
      }
    }
  }

  /**
   * Any orthogonal matrix.
   *
   * @param matrix float64 [hidden, hidden]
   */
  record Orthogonal(NDArray matrix) implements StreamRotation {
    @Override
    public NDArray apply(TorchSession torch, NDManager owner, NDArray rows) {
      NDArray product = rows.matMul(matrix);
      product.attach(owner);
      return product;
    }
  }

  /** The rotation that parameters ask for; {@link RotateParameters.Stream#NONE} is none. */
  static StreamRotation of(
      TorchSession torch, NDManager owner, RotateParameters parameters, int hidden) {
    java.util.Random random = new java.util.Random(parameters.seed());
    double[] values =
        new double
            [parameters.stream() == RotateParameters.Stream.ORTHOGONAL ? hidden * hidden : hidden];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (parameters.stream()) {
            case RANDOM_HADAMARD -> random.nextBoolean() ? 1 : -1;
            case ORTHOGONAL -> random.nextGaussian();
            default -> 1;
          };
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray given = torch.tensors().copy(owner, scope.create(values));
      return parameters.stream() == RotateParameters.Stream.ORTHOGONAL
          ? new Orthogonal(
              torch
                  .script(StreamRotation.class, "rotate.py")
                  .call(owner, "orthogonal", given.reshape(hidden, hidden)))
          : new Hadamard(HadamardMatrix.of(hidden), given);
    }
  }
}
