package dev.assay.engine.prune;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.config.Require;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How layers share out what is to go of all of them; alike where nothing is said.
 *
 * @param owl more from layers in which fewer weights stand out
 * @param sensitivity more from layers that cost the loss less
 */
record LayerShares(@Nullable OutlierBudgets owl, @Nullable SensitivityBudgets sensitivity) {
  /**
   * Makes sure that a sparsity can be shared out so.
   *
   * @throws dev.assay.engine.config.InvalidValueException if not
   */
  void requireFits(Sparsity sparsity) {
    if (owl != null) {
      owl.requireFits(sparsity);
    }
    if (sensitivity != null) {
      sensitivity.requireFits(sparsity);
      Require.that(
          owl == null,
          "sensitivity",
          "budgets of layers beside those of owl",
          "one of the two, as each says what every layer gives");
    }
  }

  /** Whether each layer by itself is told what it gives. */
  boolean areSaid() {
    return owl != null || sensitivity != null;
  }

  /**
   * The method of a stage that prunes so.
   *
   * @param of what a ratio is a share of
   * @param pruning the method, given what goes of all layers together and from each
   */
  CompressionMethod method(
      SparsityOf of,
      Sparsity sparsity,
      BiFunction<Sparsity, LayerBudgets, LayerwiseMethod> pruning) {
    return of.method(sparsity, own -> method(own, budgets -> pruning.apply(own, budgets)));
  }

  /**
   * The method that prunes so.
   *
   * @param sparsity what goes of all layers together
   * @param pruning the method, given what goes from each layer
   */
  CompressionMethod method(Sparsity sparsity, Function<LayerBudgets, LayerwiseMethod> pruning) {
    if (owl != null) {
      return new OutlierWeightedMethod(owl, sparsity, pruning);
    }
    return sensitivity == null
        ? pruning.apply(LayerBudgets.alike(sparsity))
        : new SensitivityWeightedMethod(sensitivity, sparsity, pruning);
  }
}
