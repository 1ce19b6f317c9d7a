package dev.assay.engine.run;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.EncoderHead;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModuleNames;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.LinkedHashSet;
import java.util.Set;

/** Names of the values of a {@link TrainableModel}, before a tensor of it is read. */
public final class ValueNames {
  private final Set<String> names = new LinkedHashSet<>();

  private ValueNames() {}

  /**
   * All that a model may have: those that some checkpoints of its family lack, and what stages may
   * have made of it, factors and biases of linears and a head of its own.
   *
   * @param checkpoint whose headers tell what stands on top of an encoder
   */
  public static Set<String> of(ModelSpec model, Checkpoint checkpoint) {
    ValueNames all = new ValueNames();
    model.stacks().forEach(all::stack);
    all.names.addAll(EncoderHead.shapes(model, checkpoint).keySet());
    return all.names;
  }

  private void stack(Stack stack) {
    for (int layer = 0; layer < stack.depth(); layer++) {
      LayerLayout layout = stack.layer(layer).layout();
      for (Linear linear : layout.parts().toList()) {
        String name = stack.names().inLayer(layer, linear.name());
        names.add(name + ".weight");
        names.add(name + ".down.weight");
        names.add(name + ".up.weight");
        names.add(name + ".bias");
      }
      for (String module : LayerModuleNames.of(layout).values()) {
        names.add(stack.names().inLayer(layer, module));
      }
    }
    stack
        .names()
        .modules()
        .forEach(
            (which, name) -> {
              names.add(name + ".weight");
              names.add(name + ".bias");
            });
  }
}
