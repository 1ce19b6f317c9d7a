package dev.assay.engine.structured;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.Giving;
import dev.assay.engine.calibration.ShareOfModel;
import java.util.Set;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/** What {@code keep} is a share of where heads or channels go. */
public enum KeptOf {
  /** The parameters of the linears that heads and channels are rows and columns of. */
  LINEARS,
  /** All parameters of the model, though none but those linears give any. */
  MODEL;

  /**
   * The method for a share that is meant so.
   *
   * @param of null for linears
   * @param units what goes
   * @param method the method for a share of the linears
   */
  static CompressionMethod method(
      @Nullable KeptOf of, double keep, Set<Unit> units, DoubleFunction<CompressionMethod> method) {
    Giving giving = (layer, selected) -> Unit.linears(units, layer, selected);
    return of == MODEL
        ? new ShareOfModel(
            method.apply(keep), giving, share -> method.apply(share.requireKeptOfLinears(keep)))
        : method.apply(keep);
  }
}
