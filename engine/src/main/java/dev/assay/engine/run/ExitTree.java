package dev.assay.engine.run;

import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.torch.ModuleNode;
import org.jspecify.annotations.Nullable;

/** Builds the root of a model that continues text, which tokens may leave before its last layer. */
final class ExitTree {
  private ExitTree() {}

  /**
   * The root.
   *
   * @param causal a {@code model.CausalModel}
   * @param exits where tokens leave; null where none does
   */
  static ModuleNode root(ModuleNode causal, @Nullable EarlyExits exits) {
    if (exits == null) {
      return causal;
    }
    return Scripts.module("exits.ExitingModel")
        .with("base", causal)
        .with(
            "exits",
            exits.exits().stream()
                .map(exit -> Scripts.module("exits.ExitPlace").with("layers", exit.after()))
                .toList())
        .with(
            "measure",
            switch (exits.measure()) {
              case SOFTMAX -> 0;
              case MARGIN -> 1;
              case ENTROPY -> 2;
            })
        .with("threshold", exits.threshold());
  }
}
