package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what becomes of the linears of a layer, and how long it took. */
final class LayerOutcomes {
  private static final double NANOS_PER_SECOND = 1e9;

  private final ScriptModule errors;
  private final int reported;
  private final List<LinearOutcome> outcomes = new ArrayList<>();
  private long mark = System.nanoTime();

  /**
   * @param reported index of the layer, those of an encoder before those of its decoder
   */
  LayerOutcomes(TorchSession torch, int reported) {
    this.errors = torch.script(LayerOutcomes.class, "errors.py");
    this.reported = reported;
  }

  /** From here on the time counts for the next linear. */
  void mark() {
    mark = System.nanoTime();
  }

  /**
   * Notes a linear.
   *
   * @param before its values, float32
   * @param after those that it is stored with, zeros in place of what was cut from it
   * @param hessian of its input; nothing where it is not known
   * @param substitutions what was done in place of what was asked for
   * @param tokens that its input showed; nothing where none were looked at
   */
  void add(
      String linear,
      NDArray before,
      NDArray after,
      StoredWeight weight,
      @Nullable NDArray hessian,
      @Nullable String note,
      List<Substitution> substitutions,
      @Nullable Long tokens) {
    outcomes.add(
        new LinearOutcome(
            reported,
            linear,
            before.getShape().get(0),
            before.getShape().get(1),
            hessian == null
                ? errors.callForDouble("weight_error", before, after)
                : errors.callForDouble("output_error", before, after, hessian),
            hessian == null ? "weight" : "output",
            errors.callForDouble("zeros_share", after),
            weight.storedBytes() * (double) Byte.SIZE / before.size(),
            (System.nanoTime() - mark) / NANOS_PER_SECOND,
            note,
            substitutions,
            tokens));
  }

  List<LinearOutcome> all() {
    return List.copyOf(outcomes);
  }
}
