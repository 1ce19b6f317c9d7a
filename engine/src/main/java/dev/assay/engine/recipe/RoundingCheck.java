package dev.assay.engine.recipe;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Whether linears are rounded before stages that work on rounded ones.
 *
 * @param selected full names of all that a step works on
 */
record RoundingCheck(
    ModelSpec spec, StageRegistry registry, Function<Step, List<String>> selected) {
  /**
   * Makes sure of it.
   *
   * @throws BadInputException if not
   */
  void require(List<Step> steps) {
    if (steps.stream().noneMatch(step -> registry.method(step).needsRounding())) {
      return;
    }
    Set<String> rounded = stored();
    for (Step step : steps) {
      CompressionMethod method = registry.method(step);
      List<String> names = selected.apply(step);
      if (method.needsRounding()) {
        names.forEach(name -> requireOne(step, name, rounded));
      }
      if (method.rounds()) {
        rounded.addAll(names);
      }
    }
  }

  private static void requireOne(Step step, String name, Set<String> rounded) {
    if (!rounded.contains(name)) {
      throw new BadInputException(
          "stage %s: %s: found no stage before that rounds it, expected one, such as rtn or gptq, or targets that leave it out"
              .formatted(step.stage(), name));
    }
  }

  /** Those that the checkpoint has rounded already. */
  private Set<String> stored() {
    Set<String> rounded = new HashSet<>();
    for (Stack stack : spec.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        LayerSpec its = stack.layer(layer);
        for (Linear linear : its.layout().parts().toList()) {
          if (!its.linear(linear.name()).format().equals(LinearSpec.DENSE)) {
            rounded.add(stack.names().inLayer(layer, linear.name()));
          }
        }
      }
    }
    return rounded;
  }
}
