package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.StackTraversal.Part;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.BoundLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Shows what the experts of a model's layers read of calibration samples. In memory are one layer,
 * the samples' activations, and what the experts of that layer read.
 */
public final class ExpertSurvey {
  private final ModelWeights model;
  private final StageContext context;

  /**
   * @param model as it is to be seen
   */
  public ExpertSurvey(ModelWeights model, StageContext context) {
    this.model = model;
    this.context = context;
  }

  /** Sees the experts of a layer at work on one sample. */
  @FunctionalInterface
  public interface Looker {
    /**
     * @param experts which live as long as the call
     */
    void see(SeenExperts experts);
  }

  /** Shows all layers that have several experts, one after another, with each of the samples. */
  public void look(Looker looker) {
    new StackTraversal(context.torch(), model, context.requiredSamples())
        .run((part, walk) -> part(part, walk, looker));
  }

  private void part(Part part, NDManager walk, Looker looker) {
    Stack stack = model.stack(part.index());
    for (int layer = 0; layer < stack.depth(); layer++) {
      try (NDManager scope = walk.newSubManager()) {
        LayerSpec spec = stack.layer(layer);
        Map<String, NDArray> values = model.layers(part.index()).values(scope, layer);
        if (spec.feedForward().experts() > 1) {
          show(part, layer, spec, values, scope, looker);
        }
        part.propagate(layer, spec, values);
      }
      context.progress().done(part.before() + layer + 1, model.spec().layers());
    }
  }

  private void show(
      Part part,
      int layer,
      LayerSpec spec,
      Map<String, NDArray> values,
      NDManager scope,
      Looker looker) {
    List<NDArray> inputs = new ArrayList<>();
    try (BoundLayer bound = part.runner().bind(spec, values)) {
      for (LayerBatch batch : part.batches()) {
        inputs.add(bound.routedInput(scope, batch.activations(), batch.memory()));
      }
    }
    for (NDArray input : inputs) {
      try (NDManager each = scope.newSubManager()) {
        looker.see(
            new SeenExperts(
                context.torch(), each, part.index(), layer, spec, values, input, part.runner()));
      }
      input.close();
    }
  }
}
