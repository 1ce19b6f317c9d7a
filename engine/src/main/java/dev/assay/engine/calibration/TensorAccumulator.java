package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/** A statistic that a script adds each sequence to, with a number that it is told. */
public final class TensorAccumulator implements InputAccumulator {
  private final RunningTensor tensor;
  private final String method;
  private final long number;

  private TensorAccumulator(RunningTensor tensor, String method, long number) {
    this.tensor = tensor;
    this.method = method;
    this.number = number;
  }

  /** See {@link Statistic#GREATEST_MEANS}. */
  public static TensorAccumulator greatestMeans(TorchSession torch, long inFeatures) {
    return new TensorAccumulator(
        new RunningTensor(torch, inFeatures, DType.FLOAT32, inFeatures), "raise_to_mean", 0);
  }

  /**
   * See {@link Statistic#FADING_MOMENTS}.
   *
   * @param sequences of all samples
   */
  public static TensorAccumulator fadingMoments(
      TorchSession torch, long inFeatures, long sequences) {
    return new TensorAccumulator(
        new RunningTensor(torch, inFeatures, DType.FLOAT32, inFeatures, inFeatures),
        "add_fading",
        sequences);
  }

  @Override
  public void add(NDArray inputs) {
    tensor.update(method, inputs, number);
  }

  /**
   * The statistic.
   *
   * @throws IllegalStateException if nothing was added
   */
  public NDArray get() {
    return tensor.get();
  }

  @Override
  public void close() {
    tensor.close();
  }
}
