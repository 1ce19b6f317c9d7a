package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.OptionalLong;

/** A statistic that a script adds each sequence to. */
public final class TensorAccumulator implements InputAccumulator {
  private final RunningTensor tensor;
  private final String method;
  private final OptionalLong number;

  private TensorAccumulator(RunningTensor tensor, String method, OptionalLong number) {
    this.tensor = tensor;
    this.method = method;
    this.number = number;
  }

  /** See {@link Statistic#GREATEST_MEANS}. */
  public static TensorAccumulator greatestMeans(TorchSession torch, long inFeatures) {
    return new TensorAccumulator(
        new RunningTensor(torch, inFeatures, DType.FLOAT32, inFeatures),
        "raise_to_mean",
        OptionalLong.empty());
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
        OptionalLong.of(sequences));
  }

  @Override
  public void add(NDArray inputs) {
    if (number.isPresent()) {
      tensor.update(method, inputs, number.getAsLong());
    } else {
      tensor.update(method, inputs);
    }
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
