package dev.assay.engine.weight.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/** What the forms of this package compute, and the modules that they run as. */
final class FormScripts {
  private FormScripts() {}

  static ScriptModule of(TorchSession torch) {
    return torch.script(FormScripts.class, "forms.py");
  }

  /** A module of a class in {@code outlier.py}. */
  static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(FormScripts.class, "outlier." + name));
  }

  static long bytes(NDArray tensor) {
    return tensor.getShape().size() * tensor.getDataType().getNumOfBytes();
  }

  /** Bytes of codes as one stream of bits a row. */
  static long streamBytes(long rows, long columns, int bits) {
    return rows * ((columns * bits + Byte.SIZE - 1) / Byte.SIZE);
  }

  /** The narrowest fields of a whole number a byte that codes fit into. */
  static int field(int bits) {
    return Integer.highestOneBit(2 * bits - 1);
  }

  /** A tensor in another type, which shares no memory with it. */
  static NDArray copy(TorchSession torch, NDManager owner, NDArray tensor, DType type) {
    try (NDManager scope = owner.newSubManager()) {
      return torch.tensors().copy(owner, torch.tensors().cast(scope, tensor, type));
    }
  }
}
