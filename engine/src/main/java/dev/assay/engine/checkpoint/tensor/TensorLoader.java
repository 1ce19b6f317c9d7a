package dev.assay.engine.checkpoint.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;

/** Brings a tensor from its file into libtorch. */
public final class TensorLoader {
  private TensorLoader() {}

  /** A tensor owned by {@code owner}; plain ones are memory-mapped where that can be. */
  public static NDArray load(TorchSession torch, NDManager owner, TensorInfo tensor) {
    return tensor.encoding().load(torch, owner, tensor);
  }

  /**
   * A tensor whose bytes are its elements. Each has a mapping of its own, so that closing the
   * tensor also takes its pages out of the resident memory. Where the file does not align it to its
   * element size it is copied.
   */
  static NDArray plain(TorchSession torch, NDManager owner, TensorInfo tensor) {
    Tensors tensors = torch.tensors();
    DType dtype = tensor.dtype();
    if (tensor.bytes() == 0) {
      return tensors.zeros(owner, dtype, tensor.shape().getShape());
    }
    try (NDManager scope = owner.newSubManager()) {
      if (tensor.begin() % dtype.bytes() == 0) {
        NDArray file = tensors.map(scope, tensor.file(), tensor.end() / dtype.bytes(), dtype);
        return tensors.slice(owner, file, tensor.begin() / dtype.bytes(), tensor.shape());
      }
      NDArray file = tensors.map(scope, tensor.file(), tensor.end(), DType.UINT8);
      NDArray bytes = tensors.copy(scope, tensors.rows(scope, file, tensor.begin(), tensor.end()));
      NDArray elements = tensors.reinterpret(scope, bytes, dtype);
      return tensors.slice(owner, elements, 0, tensor.shape());
    }
  }
}
