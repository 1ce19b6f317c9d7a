package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.Optional;

/**
 * MXFP4 as codes into the table of E2M1.
 *
 * @param weight of elements of 4 bits
 */
record MicroscaledTable(MicroscaledWeight weight) implements TabledWeight {
  /** The weight as codes, if they are of 4 bits. */
  static Optional<TabledWeight> of(MicroscaledWeight weight) {
    return weight.element() == ElementFormat.E2M1
        ? Optional.of(new MicroscaledTable(weight))
        : Optional.empty();
  }

  @Override
  public String words() {
    return "mxfp4";
  }

  @Override
  public long group() {
    return Math.min(weight.blockSize(), weight.inFeatures());
  }

  @Override
  public float[] values() {
    return weight.element().table();
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
    return torch.tensors().copy(owner, weight.scales());
  }

  @Override
  public DType scaleType(TorchSession torch) {
    return DType.UINT8;
  }
}
