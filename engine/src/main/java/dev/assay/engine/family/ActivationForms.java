package dev.assay.engine.family;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.packed.ActivationRules;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.PlainInput;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint's published configuration does to inputs of linears of which Assay's own
 * section is silent.
 */
final class ActivationForms {
  private ActivationForms() {}

  static ModelSpec of(Checkpoint checkpoint, ModelSpec plain) {
    ActivationRules rules = ActivationRules.read(checkpoint.directory(), checkpoint.config());
    ModelSpec spec = plain;
    for (int i = 0; i < plain.stacks().size(); i++) {
      Stack stack = plain.stacks().get(i);
      for (int layer = 0; layer < stack.depth(); layer++) {
        LayerSpec is = treated(checkpoint, rules, stack, layer);
        if (!is.equals(stack.layer(layer))) {
          spec = spec.with(i, spec.stacks().get(i).with(layer, before -> is));
        }
      }
    }
    return spec;
  }

  private static LayerSpec treated(
      Checkpoint checkpoint, ActivationRules rules, Stack stack, int layer) {
    LayerSpec treated = stack.layer(layer);
    for (Map.Entry<String, List<Linear>> stored : treated.layout().stored().entrySet()) {
      String prefix = stack.names().inLayer(layer, stored.getKey());
      // Forms of our own are none of the published configuration's.
      if (!checkpoint.isPacked(prefix) || checkpoint.ownFormat(prefix).isPresent()) {
        continue;
      }
      Optional<InputScheme> scheme = rules.scheme(checkpoint, prefix);
      for (Linear linear : stored.getValue()) {
        boolean plain = treated.linear(linear.name()).input() instanceof PlainInput;
        if (plain && scheme.isPresent()) {
          treated = treated.with(linear.name(), treated.linear(linear.name()).with(scheme.get()));
        }
      }
    }
    return treated;
  }
}
