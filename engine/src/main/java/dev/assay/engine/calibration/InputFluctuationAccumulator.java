package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/**
 * How much each input channel varies about its running mean: 0 after the first sequence, and after
 * sequence t (from 0) f (t − 1)/t + Σ (x − b)²/(t + 1) over its tokens, b being the mean of the
 * means of all sequences up to it.
 *
 * @see <a href="https://github.com/CASIA-IVA-Lab/FLAP/blob/3bb57db/lib/layerwrapper.py">BiasGPT</a>
 */
public final class InputFluctuationAccumulator implements InputAccumulator {
  private final RunningTensor variances;
  private final RunningTensor means;

  /** An empty one for inputs of {@code inFeatures}. */
  public InputFluctuationAccumulator(TorchSession torch, long inFeatures) {
    this.variances = new RunningTensor(torch, inFeatures, DType.FLOAT32, inFeatures);
    this.means = new RunningTensor(torch, inFeatures, DType.FLOAT32, inFeatures);
  }

  @Override
  public void add(NDArray inputs) {
    variances.updateBeside("add_fluctuations", means, inputs);
  }

  /**
   * Float32 [in].
   *
   * @throws IllegalStateException if nothing was added
   */
  public NDArray fluctuations() {
    return variances.get();
  }

  @Override
  public void close() {
    variances.close();
    means.close();
  }
}
