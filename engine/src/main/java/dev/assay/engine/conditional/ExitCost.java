package dev.assay.engine.conditional;

import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StackSpec;

/**
 * FLOPs of a token that may leave a stack, but for what it attends to: layers that it goes through,
 * what makes keys and values in the others, and the head as often as it runs. A multiply-add counts
 * as two.
 */
final class ExitCost {
  private final Stack stack;

  ExitCost(Stack stack) {
    this.stack = stack;
  }

  /** Averaged over tokens. */
  double of(EarlyExits exits) {
    double sum = exits.meanHeads(stack.depth()) * head();
    for (int layer = 0; layer < stack.depth(); layer++) {
      double reach = exits.reach(layer);
      sum += reach * whole(stack.layer(layer)) + (1 - reach) * kept(stack.layer(layer));
    }
    return sum;
  }

  /** Without exits. */
  double full() {
    return head() + stack.layers().stream().mapToDouble(ExitCost::whole).sum();
  }

  private double head() {
    StackSpec spec = stack.spec();
    return 2.0 * spec.vocabularySize() * spec.embedding().width();
  }

  private static double whole(LayerSpec layer) {
    return layer.layout().parts().mapToDouble(linear -> of(layer, linear)).sum();
  }

  /** Queries, keys and values are made together. */
  private static double kept(LayerSpec layer) {
    return layer.layout().groups().get(0).parts().stream()
        .mapToDouble(linear -> of(layer, linear))
        .sum();
  }

  private static double of(LayerSpec layer, Linear linear) {
    return 2.0 * layer.share(linear) * linear.outFeatures() * linear.inFeatures();
  }
}
