package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.HashMap;
import java.util.Map;

/** Sums over samples of the gradients of one layer, or of their squares, by linear. */
public final class GradientSums {
  private final TorchSession torch;
  private final ScriptModule script;
  private final String method;
  private final Map<String, NDArray> sums = new HashMap<>();

  private GradientSums(TorchSession torch, String method) {
    this.torch = torch;
    this.script = torch.script(GradientSums.class, "gradient_sums.py");
    this.method = method;
  }

  /** Of gradients as they are. */
  public static GradientSums ofValues(TorchSession torch) {
    return new GradientSums(torch, "add");
  }

  /** Of their squares, weight by weight. */
  public static GradientSums ofSquares(TorchSession torch) {
    return new GradientSums(torch, "add_squares");
  }

  /**
   * Takes up those of a sample.
   *
   * @param layer whose scope the sums belong to
   * @param gradients [out, in] by linear
   */
  public void add(SurveyedLayer layer, Map<String, NDArray> gradients) {
    gradients.forEach(
        (linear, gradient) ->
            script.run(
                method, sums.computeIfAbsent(linear, name -> zeros(layer, gradient)), gradient));
  }

  private NDArray zeros(SurveyedLayer layer, NDArray gradient) {
    return torch.tensors().zeros(layer.scope(), DType.FLOAT32, gradient.getShape().getShape());
  }

  /**
   * The sum of a linear, float32 [out, in].
   *
   * @throws IllegalArgumentException if none was taken up
   */
  public NDArray of(String linear) {
    NDArray sum = sums.get(linear);
    if (sum == null) {
      throw new IllegalArgumentException("found no gradients of " + linear);
    }
    return sum;
  }

  /** Begins another layer. */
  public void clear() {
    sums.clear();
  }
}
