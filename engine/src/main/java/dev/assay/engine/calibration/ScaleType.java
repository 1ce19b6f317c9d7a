package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Arrays;

/** The type in which the scales of a quantized weight are stored. */
final class ScaleType {
  /** How far storing a scale may move a value of its grid, in steps of the grid. */
  private static final double MOST_STEPS = 0.5;

  private ScaleType() {}

  /**
   * Float16, as the published formats have it, wherever it holds the scales: none is beyond its
   * greatest number, and rounding moves no value by more than half a step of its group, as it would
   * do with scales below its smallest ones. Otherwise float32, and so with weights of float32.
   *
   * @param script {@code errors.py}
   * @param weight with scales in float32
   * @param type of the weight before
   */
  static DType of(ScriptModule script, QuantizedWeight weight, DType type) {
    if (type == DType.FLOAT32) {
      return DType.FLOAT32;
    }
    double most = script.callForDouble("scale_rounding", weight.scales()) * weight.grid().maxCode();
    boolean holds =
        most <= MOST_STEPS
            || script.callForDouble(
                    "steps_moved",
                    weight.codes(),
                    weight.scales(),
                    weight.zeros(),
                    weight.groupIndex())
                <= MOST_STEPS;
    return holds ? DType.FLOAT16 : DType.FLOAT32;
  }

  /**
   * Float16 where it holds every scale exactly, and zeros that are no whole numbers; else float32,
   * and so with weights of float32.
   *
   * @param weight with scales in float32
   * @param type of the weight before
   */
  static DType exactly(TorchSession torch, QuantizedWeight weight, DType type) {
    if (type == DType.FLOAT32) {
      return DType.FLOAT32;
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      boolean held =
          held(torch, scope, weight.scales())
              && (weight.grid().layout() != GridForm.Layout.REAL_ZEROS
                  || held(torch, scope, weight.zeros()));
      return held ? DType.FLOAT16 : DType.FLOAT32;
    }
  }

  private static boolean held(TorchSession torch, NDManager scope, NDArray values) {
    NDArray rounded = torch.tensors().cast(scope, values, DType.FLOAT16);
    NDArray back = torch.tensors().cast(scope, rounded, DType.FLOAT32);
    NDArray own = torch.tensors().cast(scope, values, DType.FLOAT32);
    return Arrays.equals(back.toFloatArray(), own.toFloatArray());
  }
}
