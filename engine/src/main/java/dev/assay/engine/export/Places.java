package dev.assay.engine.export;

import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.PlainInput;

/** What a format has a place for beside weights: by default nothing. */
interface Places {
  /** Nothing. */
  Places NONE = new Places() {};

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
}
