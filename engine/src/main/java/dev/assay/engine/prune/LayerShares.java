package dev.assay.engine.prune;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerwiseMethod;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How layers share out what is to go of all of them.
 *
 * @param owl more from layers in which fewer weights stand out; null for all alike
 */
record LayerShares(@Nullable OutlierBudgets owl) {
  /**
   * Makes sure that a sparsity can be shared out so.
   *
   * @throws dev.assay.engine.config.InvalidValueException if not
   */
  void requireFits(Sparsity sparsity) {
    if (owl != null) {
      owl.requireFits(sparsity);
    }
  }

  /**
   * The method that prunes so.
   *
   * @param sparsity what goes of all layers together
   * @param pruning the method, given what goes from each layer
   */
  CompressionMethod method(Sparsity sparsity, Function<LayerBudgets, LayerwiseMethod> pruning) {
    return owl == null
        ? pruning.apply(LayerBudgets.alike(sparsity))
        : new OutlierWeightedMethod(owl, sparsity, pruning);
  }
}
