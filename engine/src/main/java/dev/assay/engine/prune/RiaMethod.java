package dev.assay.engine.prune;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerwiseMethod;

/** RIA, of each linear or by what layers have to give. */
final class RiaMethod {
  private RiaMethod() {}

  /** The method of a stage. */
  static CompressionMethod of(RiaParameters parameters) {
    return parameters
        .shares()
        .method(
            parameters.of(),
            parameters.sparsity(),
            (sparsity, budgets) -> with(parameters, sparsity, budgets));
  }

  private static LayerwiseMethod with(
      RiaParameters parameters, Sparsity sparsity, LayerBudgets budgets) {
    return new InputPruningMethod(
        new RiaPruner(parameters.a()), sparsity, budgets, parameters.refit());
  }
}
