package dev.assay.engine.recipe;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Experts that are left have other numbers, of which no selection is to speak. */
final class ExpertNumbers {
  private final ModelSpec spec;
  private final StageRegistry registry;

  ExpertNumbers(ModelSpec spec, StageRegistry registry) {
    this.spec = spec;
    this.registry = registry;
  }

  /**
   * Makes sure that behind a stage that drops experts others select the same of each.
   *
   * @throws BadInputException if not
   */
  void require(List<Step> steps) {
    String by = "";
    for (Step step : steps) {
      if (!by.isEmpty() && differs(step)) {
        throw new BadInputException(
            "stage %s: targets and ignore: found other linears of one expert than of another behind '%s', which gives experts other numbers, expected the same of all"
                .formatted(step.stage(), by));
      }
      if (registry.method(step).renumbersExperts()) {
        by = step.stage();
      }
    }
  }

  private boolean differs(Step step) {
    for (Stack stack : spec.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        if (differs(stack.layer(layer), Set.copyOf(step.selection().of(stack, layer)))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean differs(LayerSpec layer, Set<String> selected) {
    Set<List<Boolean>> seen = new HashSet<>();
    List<LinearGroup> groups = layer.layout().groups();
    for (int group = layer.firstExpert(); group < groups.size(); group += 2) {
      seen.add(
          groups.subList(group, group + 2).stream()
              .flatMap(each -> each.parts().stream())
              .map(Linear::name)
              .map(selected::contains)
              .toList());
    }
    return seen.size() > 1;
  }
}
