package dev.assay.engine.fold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.hadamard.HadamardMatrix;
import dev.assay.engine.torch.TorchSession;

/** A matrix Q by which vectors of the residual stream, as rows, are multiplied. */
public sealed interface StreamRotation {
  /**
   * X Q, float64 [..., width].
   *
   * @param owner of the product, where it is not X
   * @param rows X, float64 [..., hidden]
   */
  NDArray apply(TorchSession torch, NDManager owner, NDArray rows);

  /** Columns of Q. */
  long width();

  /** None: vectors stay as they are. */
  record Same(long width) implements StreamRotation {
    @Override
    public NDArray apply(TorchSession torch, NDManager owner, NDArray rows) {
      return rows;
    }
  }

  /**
   * Q = diag(d) Mᵀ / √n: every row's elements times the signs, then times a Hadamard matrix.
   *
   * @param signs float64 [hidden], 1 and −1
   */
  record Hadamard(HadamardMatrix matrix, NDArray signs) implements StreamRotation {
    @Override
    public long width() {
      return signs.getShape().get(0);
    }

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
   * Any orthogonal matrix, or some columns of one, which leave of the stream what lies in them.
   *
   * @param matrix float64 [hidden, width]
   */
  record Orthogonal(NDArray matrix) implements StreamRotation {
    @Override
    public long width() {
      return matrix.getShape().get(1);
    }

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
