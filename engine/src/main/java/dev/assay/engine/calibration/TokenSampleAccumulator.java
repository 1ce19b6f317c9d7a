package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;

/**
 * Evenly spaced tokens of all that flow in: every k-th from the first on, k = total div wanted, at
 * least 1. AWQ's clip search looks at these.
 */
public final class TokenSampleAccumulator implements InputAccumulator {
  private final TorchSession torch;
  private final NDManager manager;
  private final ScriptModule script;
  private final long inFeatures;
  private final long step;
  private final List<NDArray> samples = new ArrayList<>();
  private long tokens;

  /**
   * An empty one.
   *
   * @param inFeatures length of an input
   * @param total tokens that will be added altogether
   * @param wanted tokens to keep; up to twice as many are kept where total is no multiple of it
   */
  public TokenSampleAccumulator(TorchSession torch, long inFeatures, long total, long wanted) {
    if (total < 1 || wanted < 1) {
      throw new IllegalArgumentException(
          "tokens: found " + total + ", of which " + wanted + " wanted; expected at least 1");
    }
    this.torch = torch;
    this.manager = torch.manager().newSubManager();
    this.script = RunningTensor.script(torch);
    this.inFeatures = inFeatures;
    this.step = Math.max(1, total / wanted);
  }

  /**
   * Those of inputs that are all there.
   *
   * @param inputs float32 [sequences, tokens, in] each, at least one
   * @param wanted tokens to keep, as above
   * @return float32 [samples, in]
   */
  public static NDArray of(TorchSession torch, NDManager owner, List<NDArray> inputs, long wanted) {
    long[] shape = inputs.get(0).getShape().getShape();
    long features = shape[shape.length - 1];
    long total = inputs.stream().mapToLong(batch -> batch.getShape().size() / features).sum();
    try (TokenSampleAccumulator sample =
        new TokenSampleAccumulator(torch, features, total, wanted)) {
      inputs.forEach(sample::add);
      return sample.samples(owner);
    }
  }

  @Override
  public void add(NDArray inputs) {
    long count = RunningTensor.requireInputs(inputs, inFeatures).size() / inFeatures;
    NDArray kept = script.call(manager, "every", inputs, tokens, step);
    tokens += count;
    if (kept.getShape().get(0) > 0) {
      samples.add(kept);
    } else {
      kept.close();
    }
  }

  /**
   * Float32 [samples, in].
   *
   * @throws IllegalStateException if nothing was added
   */
  public NDArray samples(NDManager owner) {
    if (samples.isEmpty()) {
      throw new IllegalStateException("no calibration input was added");
    }
    return torch.tensors().concatenate(owner, samples, 0);
  }

  @Override
  public void close() {
    manager.close();
  }
}
