package dev.assay.engine.model;

import java.util.Set;
import java.util.TreeSet;

/** Which tensors a model has beside its layers, by what it is. */
public final class ModelModuleNames {
  private ModelModuleNames() {}

  /** Full names of norms, embeddings and head; what stands on top of an encoder left out. */
  public static Set<String> of(ModelSpec model) {
    Set<String> names = new TreeSet<>();
    for (Stack stack : model.stacks()) {
      StackSpec spec = stack.spec();
      stack
          .names()
          .modules()
          .forEach(
              (which, prefix) -> {
                boolean norm =
                    which == ModelModule.FINAL_NORM || which == ModelModule.EMBEDDING_NORM;
                boolean head = which == ModelModule.HEAD;
                if (!head || !spec.tiedHead()) {
                  names.add(prefix + ".weight");
                }
                if (norm && spec.norm().kind().biased() || head && spec.head().biased()) {
                  names.add(prefix + ".bias");
                }
              });
    }
    return names;
  }
}
