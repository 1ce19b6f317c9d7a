package dev.assay.engine.weight.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/** What the forms of this package compute. */
final class SparseScripts {
  private SparseScripts() {}

  static ScriptModule of(TorchSession torch) {
    return torch.script(SparseScripts.class, "forms.py");
  }

  /** The code of the whole numbers as which values of a type are moved. */
  static long words(DType type) {
    return switch (type.bytes()) {
      case 1 -> DType.INT8.scriptCode();
      case 2 -> DType.INT16.scriptCode();
      case 4 -> DType.INT32.scriptCode();
      default ->
          throw new IllegalArgumentException(
              "found " + type.label() + ", expected a type of 1, 2 or 4 bytes");
    };
  }

  /** Which values are not 0, bool of their shape. */
  static NDArray nonzero(TorchSession torch, NDManager owner, NDArray values) {
    return of(torch).call(owner, "nonzero", values);
  }

  /** Those that a mask picks, row by row. */
  static NDArray kept(TorchSession torch, NDManager owner, NDArray values, NDArray mask) {
    return of(torch).call(owner, "kept", values, mask, words(torch.tensors().typeOf(values)));
  }

  /** Zeros, with values where a mask says so, row by row. */
  static NDArray spread(TorchSession torch, NDManager owner, NDArray values, NDArray mask) {
    return of(torch).call(owner, "spread", values, mask, words(torch.tensors().typeOf(values)));
  }

  static void requireFloating(DType type) {
    if (type != DType.FLOAT16 && type != DType.BFLOAT16 && type != DType.FLOAT32) {
      throw new IllegalArgumentException(
          "values: found " + type.label() + ", expected float16, bfloat16 or float32");
    }
  }
}
