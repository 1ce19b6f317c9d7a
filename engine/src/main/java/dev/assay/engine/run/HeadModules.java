package dev.assay.engine.run;

import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.weight.LinearModules;

/** Builds what a head does beside its product. */
final class HeadModules {
  private HeadModules() {}

  /**
   * A head with its input's factor and its cap, where it has them.
   *
   * @param product a {@code linear.Linear}, its bias with it
   */
  static ModuleNode around(StackSpec.HeadSpec spec, ModuleNode product) {
    ModuleNode head = product;
    if (spec.inputScale() != 1) {
      head =
          LinearModules.module("ScaledLinear").with("scale", spec.inputScale()).with("base", head);
    }
    if (spec.cap() > 0) {
      head = LinearModules.module("CappedLinear").with("cap", spec.cap()).with("base", head);
    }
    return head;
  }
}
