package dev.assay.engine.conditional;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer with several experts.
 *
 * @param stack index of its stack
 * @param layer its position in the stack, from 0
 * @param spec what it is
 */
record Routed(int stack, int layer, LayerSpec spec) {
  /**
   * All of a model.
   *
   * @throws BadInputException if there is none, or tokens skip some of them already
   */
  static List<Routed> of(ModelSpec model) {
    List<Routed> found = new ArrayList<>();
    for (int i = 0; i < model.stacks().size(); i++) {
      Stack stack = model.stacks().get(i);
      for (int layer = 0; layer < stack.depth(); layer++) {
        if (stack.layer(layer).feedForward().experts() > 1) {
          found.add(new Routed(i, layer, stack.layer(layer)));
        }
      }
    }
    if (found.isEmpty()) {
      throw new BadInputException("found no layer with several experts, expected some");
    }
    if (found.stream().anyMatch(each -> each.feedForward().skipping() != null)) {
      throw new BadInputException(
          "found a model whose tokens skip experts, expected one whose tokens do not: how many they"
              + " skip was measured on it as it is");
    }
    return found;
  }

  FeedForwardSpec feedForward() {
    return spec.feedForward();
  }
}
