package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/** Values of a checkpoint in the type that they are to be stored in. */
public final class DenseValues {
  private DenseValues() {}

  /**
   * A tensor in a type.
   *
   * @param source where it is from
   * @param name of the tensor there
   * @throws BadCheckpointException if one of its values is not finite, or too large for the type
   */
  public static NDArray in(
      DType type,
      TorchSession torch,
      NDManager owner,
      NDArray values,
      Checkpoint source,
      String name) {
    NDArray cast = torch.tensors().cast(owner, values, type);
    if (type.isFloating() && !torch.tensors().isFinite(cast)) {
      throw new BadCheckpointException(
          source.fileOf(name) + ": " + name + ": found " + problem(torch, owner, values, type));
    }
    return cast;
  }

  private static String problem(TorchSession torch, NDManager owner, NDArray values, DType type) {
    if (!torch.tensors().isFinite(values)) {
      return "NaN or infinite values, expected finite ones";
    }
    NDArray wide = torch.tensors().cast(owner, values, DType.FLOAT32);
    return "a value of magnitude %.4g, expected at most %.4g, the limit of %s"
        .formatted(wide.abs().max().getFloat(), type.greatest(), type.label());
  }
}
