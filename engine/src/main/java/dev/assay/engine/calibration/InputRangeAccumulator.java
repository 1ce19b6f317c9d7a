package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/** Least and greatest input, in all and on running average. */
public final class InputRangeAccumulator implements InputAccumulator {
  private static final float KEPT = 0.9f;

  private final TorchSession torch;
  private final long inFeatures;
  private boolean any;
  private float least;
  private float greatest;
  private float averageLeast;
  private float averageGreatest;

  /** An empty one for inputs of {@code inFeatures}. */
  public InputRangeAccumulator(TorchSession torch, long inFeatures) {
    this.torch = torch;
    this.inFeatures = inFeatures;
  }

  @Override
  public void add(NDArray inputs) {
    RunningTensor.requireInputs(inputs, inFeatures);
    float[] ranges;
    try (NDManager scope = torch.manager().newSubManager()) {
      ranges = RunningTensor.script(torch).call(scope, "ranges", inputs).toFloatArray();
    }
    for (int i = 0; i < ranges.length; i += 2) {
      add(ranges[i], ranges[i + 1]);
    }
  }

  private void add(float low, float high) {
    least = Math.min(least, low);
    greatest = Math.max(greatest, high);
    averageLeast = any ? averageLeast : low;
    averageGreatest = any ? averageGreatest : high;
    averageLeast = averageLeast * KEPT + low * (1 - KEPT);
    averageGreatest = averageGreatest * KEPT + high * (1 - KEPT);
    any = true;
  }

  /**
   * What was seen.
   *
   * @throws IllegalStateException if nothing was added
   */
  public InputRange range() {
    if (!any) {
      throw new IllegalStateException("no calibration input was added");
    }
    return new InputRange(least, greatest, averageLeast, averageGreatest);
  }

  @Override
  public void close() {
    // Holds numbers only.
  }
}
