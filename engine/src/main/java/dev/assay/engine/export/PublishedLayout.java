package dev.assay.engine.export;

import dev.assay.engine.checkpoint.ExportLayout;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.PlainInput;

/** A published layout, and what its configuration can say of a model beside its weights. */
interface PublishedLayout extends ExportLayout {
  /** Whether its loaders find linears of the class Conv1D. */
  default boolean packsConv1d() {
    return false;
  }

  /** Whether it has a place for what activations are divided by. */
  default boolean dividesActivations() {
    return false;
  }

  /** Whether its loaders do to a packed linear's input what a scheme does, by its grid. */
  default boolean hasInput(InputScheme scheme) {
    return scheme instanceof PlainInput;
  }

  /** Whether who reads its configuration here computes just that scheme. */
  default boolean saysInput(InputScheme scheme) {
    return scheme instanceof PlainInput;
  }

  /** What it expects inputs of packed linears to be, for messages. */
  default String inputs() {
    return "inputs as they come";
  }

  /** Whether its configuration says on what grids keys and values are kept. */
  default boolean hasCaches() {
    return false;
  }

  /** The recipe that rounds to its grids, for messages. */
  String recipe();
}
