package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/**
 * The Hessian of a linear layer's squared output error: (2/n) Σ x xᵀ over all tokens of n
 * sequences, as a running mean in float32 in the manner of the GPTQ and SparseGPT code.
 */
public final class HessianAccumulator implements InputAccumulator {
  private final RunningTensor hessian;

  /** An empty one for inputs of {@code inFeatures}. */
  public HessianAccumulator(TorchSession torch, long inFeatures) {
    this.hessian = new RunningTensor(torch, inFeatures, DType.FLOAT32, inFeatures, inFeatures);
  }

  @Override
  public void add(NDArray inputs) {
    hessian.updateMean("add_hessian", inputs);
  }

  /**
   * Float32 [in, in].
   *
   * @throws IllegalStateException if nothing was added
   */
  public NDArray hessian() {
    return hessian.get();
  }

  /** Sequences added. */
  public long sequences() {
    return hessian.sequences();
  }

  @Override
  public void close() {
    hessian.close();
  }
}
