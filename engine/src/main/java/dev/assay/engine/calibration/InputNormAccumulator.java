package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/**
 * The squared norm of each input channel, (1/n) Σ x² over all tokens of n sequences: {@code
 * scaler_row} of the Wanda code.
 */
public final class InputNormAccumulator implements InputAccumulator {
  private final RunningTensor mean;

  /** An empty one for inputs of {@code inFeatures}. */
  public InputNormAccumulator(TorchSession torch, long inFeatures) {
    this.mean = new RunningTensor(torch, inFeatures, DType.FLOAT32, inFeatures);
  }

  @Override
  public void add(NDArray inputs) {
    mean.updateMean("add_squares", inputs);
  }

  /**
   * Float32 [in].
   *
   * @throws IllegalStateException if nothing was added
   */
  public NDArray squaredNorms() {
    return mean.get();
  }

  @Override
  public void close() {
    mean.close();
  }
}
