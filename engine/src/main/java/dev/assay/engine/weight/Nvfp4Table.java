package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/** NVFP4 as codes into the table of E2M1, which the divisor of all scales divides. */
record Nvfp4Table(Nvfp4Weight weight) implements TabledWeight {
  @Override
  public String words() {
    return "nvfp4";
  }

  @Override
  public long group() {
    return Math.min(Nvfp4Weight.BLOCK, weight.inFeatures());
  }

  @Override
  public float[] values() {
    float[] values = ElementFormat.E2M1.table();
    float divisor = weight.divisor().toFloatArray()[0];
    for (int i = 0; i < values.length; i++) {
      values[i] /= divisor;
    }
    return values;
  }

  @Override
  public boolean hasFewSteps() {
    return true;
  }

  @Override
  public NDArray codes(TorchSession torch, NDManager owner) {
    return torch.tensors().copy(owner, weight.codes());
  }

  @Override
  public NDArray scales(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray bytes = torch.tensors().reinterpret(scope, weight.scales(), DType.UINT8);
      return torch.tensors().copy(owner, bytes);
    }
  }

  @Override
  public DType scaleType(TorchSession torch) {
    return DType.FLOAT8_E4M3;
  }
}
