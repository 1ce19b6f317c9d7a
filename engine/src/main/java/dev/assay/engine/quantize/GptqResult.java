package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What GPTQ made of a weight. All columns are in the original order.
 *
 * @param weight codes with float32 scales
 * @param dequantized float32 [out, in], the values that {@code weight} stands for
 * @param order int64 [in], the column visited j-th
 * @param loss ½ Σ ((w − q) / U_jj)², which is half the squared error of the layer's output on the
 *     Hessian's inputs, summed over outputs; after rounding instead, that error itself
 * @param damping share of the mean diagonal that was added to the Hessian's diagonal
 * @param note how the solver departed from its parameters; null if it did not
 */
public record GptqResult(
    QuantizedWeight weight,
    NDArray dequantized,
    NDArray order,
    double loss,
    double damping,
    @Nullable String note) {
  /** How notes of what was rounded instead begin. */
  static final String ROUNDED = "rounded to nearest";

  /**
   * That the damping was raised, if so. That the weight was rounded instead is in the note.
   *
   * @param dampPercent the damping asked for
   */
  Optional<Substitution> substitution(double dampPercent) {
    boolean rounded = note != null && note.startsWith(ROUNDED);
    return rounded ? Optional.empty() : InverseHessian.raised(dampPercent, damping);
  }
}
