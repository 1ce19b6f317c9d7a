package dev.assay.engine.checkpoint.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/** How the bytes of a tensor stand for its elements. */
public interface TensorEncoding {
  /** The elements themselves. */
  TensorEncoding PLAIN = new Plain();

  /** What is hashed of it, empty for plain ones. */
  String label();

  /** Brings a tensor that is so encoded into libtorch, owned by {@code owner}. */
  NDArray load(TorchSession torch, NDManager owner, TensorInfo tensor);

  /** The elements themselves, little-endian and row-major. */
  record Plain() implements TensorEncoding {
    @Override
    public String label() {
      return "";
    }

    @Override
    public NDArray load(TorchSession torch, NDManager owner, TensorInfo tensor) {
      return TensorLoader.plain(torch, owner, tensor);
    }
  }
}
