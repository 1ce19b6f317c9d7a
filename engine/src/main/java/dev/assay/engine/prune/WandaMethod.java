package dev.assay.engine.prune;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerwiseMethod;

/** Wanda, of each linear or by what layers have to give. */
final class WandaMethod {
  private WandaMethod() {}

  /** The method of a stage. */
  static CompressionMethod of(WandaParameters parameters) {
    return parameters
        .shares()
        .method(
            parameters.of(),
            parameters.sparsity(),
            (sparsity, budgets) -> with(parameters, sparsity, budgets));
  }

  /**
   * The method that goes through layers.
   *
   * @param sparsity what goes of all layers together
   * @param budgets what goes from each
   */
  static LayerwiseMethod with(WandaParameters parameters, Sparsity sparsity, LayerBudgets budgets) {
    return new InputPruningMethod(WandaPruner::prune, sparsity, budgets, parameters.refit());
  }
}
