package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/** The greatest |x| of each input channel. */
public final class InputAbsmaxAccumulator implements InputAccumulator {
  private final RunningTensor greatest;

  /** An empty one for inputs of {@code inFeatures}. */
  public InputAbsmaxAccumulator(TorchSession torch, long inFeatures) {
    this.greatest = new RunningTensor(torch, inFeatures, DType.FLOAT32, inFeatures);
  }

  @Override
  public void add(NDArray inputs) {
    greatest.update("raise_to_absolute", inputs);
  }

  /**
   * Float32 [in].
   *
   * @throws IllegalStateException if nothing was added
   */
  public NDArray absmax() {
    return greatest.get();
  }

  @Override
  public void close() {
    greatest.close();
  }
}
