package dev.assay.engine.family;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.List;
import java.util.Map;

/** Looks up in which formats a checkpoint stores the linears of its model. */
final class WeightForms {
  private WeightForms() {}

  static ModelSpec of(Checkpoint checkpoint, ModelSpec plain) {
    ModelSpec spec = plain;
    for (int i = 0; i < plain.stacks().size(); i++) {
      Stack stack = plain.stacks().get(i);
      for (int layer = 0; layer < stack.depth(); layer++) {
        LayerSpec formed = stack.layer(layer);
        for (Map.Entry<String, List<Linear>> stored : formed.layout().stored().entrySet()) {
          String format = checkpoint.format(stack.names().inLayer(layer, stored.getKey()));
          for (Linear linear : stored.getValue()) {
            if (!formed.linear(linear.name()).format().equals(format)) {
              formed = formed.with(linear.name(), formed.linear(linear.name()).in(format));
            }
          }
        }
        if (!formed.equals(stack.layer(layer))) {
          LayerSpec is = formed;
          spec = spec.with(i, spec.stacks().get(i).with(layer, before -> is));
        }
      }
    }
    return spec;
  }
}
