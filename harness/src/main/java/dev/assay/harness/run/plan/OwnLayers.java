package dev.assay.harness.run.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Foretells which stages of a recipe leave what only Assay loads: some of any model, others of
 * models whose family has no keys for what becomes of their layers.
 *
 * @param config of the model that the stages work on
 */
record OwnLayers(StageRegistry stages, Families families, JsonNode config) {
  /**
   * A line for each such stage.
   *
   * @param spec what the configuration describes
   * @throws IllegalArgumentException if no configuration can say what a stage leaves
   */
  List<String> notes(ModelSpec spec, List<Step> steps) {
    List<String> notes = new ArrayList<>();
    ModelSpec before = spec;
    // What one stage left unsaid no other says.
    boolean said = families.saysLayers(config, spec);
    for (Step step : steps) {
      CompressionMethod method = stages.method(step);
      Optional<String> note = method.ownOnly().map(why -> note(step, why));
      if (note.isEmpty() && said) {
        note = unsaid(step, before, method.mayLeave(before, step.selection()));
        said = note.isEmpty();
      }
      note.ifPresent(notes::add);
      before = method.narrowed(before, step.selection());
    }
    return notes;
  }

  private static String note(Step step, String why) {
    return "only Assay loads what %s leaves: %s".formatted(step.stage(), why);
  }

  private Optional<String> unsaid(Step step, ModelSpec before, List<ModelSpec> left) {
    List<ModelSpec> unsaid =
        left.stream()
            .filter(each -> !each.equals(before) && !families.saysLayers(config, each))
            .toList();
    if (unsaid.isEmpty()) {
      return Optional.empty();
    }
    String family = unsaid.get(0).family();
    return Optional.of(
        unsaid.size() == left.size()
            ? note(step, "layers for which the configuration of %s has no words".formatted(family))
            : "whether only Assay loads what %s leaves is settled by which layers go: for some the configuration of %s has no words"
                .formatted(step.stage(), family));
  }
}
