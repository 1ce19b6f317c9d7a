package dev.assay.engine.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.working.ModelCensus;
import dev.assay.engine.working.WorkingModel;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Looks at a model between its stages, once at each place.
 *
 * @param work where it is kept what was seen
 * @param worked names of the linears that stages were to work on so far; it fills up
 */
record StageLooks(
    TorchSession torch,
    WorkingModel model,
    PipelineWork work,
    Pipeline.Listener listener,
    Map<String, Set<String>> worked) {
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * What is seen before a step, or was in a run that was interrupted since.
   *
   * @param step its index; the number of steps for behind the last
   * @param told what the caller says of it
   */
  StageLook before(int step, Supplier<? extends JsonNode> told) {
    return work.look(step).orElseGet(() -> look(step, told));
  }

  /** A stage is to work on a selection of what the model is now. */
  void worksOn(Selection selection) {
    for (int index = 0; index < model.spec().stacks().size(); index++) {
      for (int layer = 0; layer < model.stack(index).depth(); layer++) {
        String key = ModelCensus.key(index, model.origins().get(index).get(layer));
        worked
            .computeIfAbsent(key, none -> new HashSet<>())
            .addAll(selection.of(model.stack(index), layer));
      }
    }
  }

  private StageLook look(int step, Supplier<? extends JsonNode> told) {
    long start = System.nanoTime();
    StageLook look = new StageLook(ModelCensus.of(torch, model, worked), told.get());
    work.keep(step, look);
    listener.looked((System.nanoTime() - start) / NANOS_PER_SECOND);
    return look;
  }
}
