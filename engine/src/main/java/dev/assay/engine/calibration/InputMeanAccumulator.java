package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/** The mean over tokens of each input channel. */
final class InputMeanAccumulator implements InputAccumulator {
  private final TorchSession torch;
  private final RunningTensor total;

  /** An empty one for inputs of {@code inFeatures}. */
  InputMeanAccumulator(TorchSession torch, long inFeatures) {
    this.torch = torch;
    this.total = new RunningTensor(torch, inFeatures, DType.FLOAT64, inFeatures);
  }

  @Override
  public void add(NDArray inputs) {
    total.update("add_sum", inputs);
  }

  /**
   * Float32 [in].
   *
   * @throws IllegalStateException if nothing was added
   */
  NDArray means(NDManager owner) {
    return RunningTensor.script(torch).call(owner, "mean", total.get(), total.tokens());
  }

  @Override
  public void close() {
    total.close();
  }
}
