package dev.assay.engine.prune.trained;

import dev.assay.engine.calibration.Selection;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.LinkedHashSet;
import java.util.Set;

/** Weights of linears that a stage selects. */
final class SelectedWeights {
  private SelectedWeights() {}

  /** Their full names, in the order of the layers. */
  static Set<String> names(ModelSpec spec, Selection selection) {
    Set<String> names = new LinkedHashSet<>();
    for (Stack stack : spec.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (String linear : selection.of(stack, layer)) {
          names.add(stack.names().inLayer(layer, linear) + ".weight");
        }
      }
    }
    return names;
  }
}
