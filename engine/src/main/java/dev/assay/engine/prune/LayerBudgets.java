package dev.assay.engine.prune;

/** How many weights go from each layer. */
@FunctionalInterface
interface LayerBudgets {
  /**
   * What goes from a layer.
   *
   * @param layer its position among all layers of the model
   */
  Sparsity of(int layer);

  /** The same from all. */
  static LayerBudgets alike(Sparsity sparsity) {
    return layer -> sparsity;
  }
}
