package dev.assay.engine.toy;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.working.WorkingModel;
import java.util.List;
import java.util.stream.IntStream;

/** Drops one layer of the stack that gives the output. */
record DropLayer(int layer) implements Stage, WholeModelMethod {
  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    int main = model.spec().stacks().size() - 1;
    List<Integer> kept =
        IntStream.range(0, model.stack(main).depth()).filter(i -> i != layer).boxed().toList();
    model.keepLayers(main, kept);
    return List.of();
  }
}
