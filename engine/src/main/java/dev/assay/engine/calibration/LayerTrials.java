package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.StackTraversal.Part;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.TokenLoss;
import dev.assay.engine.torch.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Says of the layers of a model that continues text, one after another, what the model's loss would
 * be if a method had compressed that layer alone. The layers before run once, the layer and those
 * behind once for each trial. In memory are a layer and what a trial makes of it, and what flows
 * into it and out of those behind.
 */
public final class LayerTrials {
  private static final int MAIN = 0;

  private final ModelWeights model;
  private final StageContext context;
  private final LossBehind behind;

  /**
   * @param model as it is to be tried
   * @throws dev.assay.engine.config.BadInputException if it does not continue text
   */
  LayerTrials(ModelWeights model, StageContext context) {
    LossSurvey.requireFits(model.spec());
    this.model = model;
    this.context = context;
    this.behind = new LossBehind(model, context.samples());
  }

  /** Tries a method. */
  @FunctionalInterface
  public interface Trial {
    /**
     * The loss, the mean over samples of the mean over their tokens from the second on.
     *
     * @param method that compresses the layer, calibrated on those samples; what it stores is kept
     *     in float32
     */
    double loss(LayerwiseMethod method);
  }

  /** Sees layers. */
  @FunctionalInterface
  public interface Looker {
    /**
     * @param layer its position in the model
     * @param weights of its linears that the stage works on, their number
     */
    void see(int layer, long weights, Trial trial);
  }

  /** Shows the layers on which the stage works. */
  public void look(Looker looker) {
    new StackTraversal(context.torch(), model, context.requiredSamples())
        .run(
            (part, walk) -> {
              try (TokenLoss top = new TokenLoss(context.torch(), model)) {
                layers(part, walk, top, looker);
              }
            });
  }

  private void layers(Part part, NDManager walk, TokenLoss top, Looker looker) {
    Stack stack = model.stack(MAIN);
    for (int layer = 0; layer < stack.depth(); layer++) {
      try (NDManager scope = walk.newSubManager()) {
        LayerSpec spec = stack.layer(layer);
        LayerLayout selected = spec.layout().only(context.selection().of(stack, layer));
        Map<String, NDArray> values = model.layers(MAIN).values(scope, layer);
        if (!selected.groups().isEmpty()) {
          long weights =
              selected
                  .parts()
                  .mapToLong(linear -> linear.outFeatures() * linear.inFeatures())
                  .sum();
          Place at = new Place(part, layer, spec, selected, values, top);
          looker.see(part.before() + layer, weights, method -> loss(at, method));
        }
        part.propagate(layer, spec, values);
      }
      context.progress().done(layer + 1, stack.depth());
    }
  }

  /** A layer, its weights and what flows into it. */
  private record Place(
      Part part,
      int layer,
      LayerSpec spec,
      LayerLayout selected,
      Map<String, NDArray> values,
      TokenLoss top) {}

  private double loss(Place at, LayerwiseMethod method) {
    try (NDManager own = context.torch().manager().newSubManager()) {
      LayerContext layer = layer(own, at, method);
      method.compress(layer);
      return behind.of(own, at.part(), at.layer(), layer.spec(), layer.values(), at.top());
    }
  }

  /** The layer as the method would find it, of which nothing is kept. */
  private LayerContext layer(NDManager own, Place at, LayerwiseMethod method) {
    int position = at.part().before() + at.layer();
    LayerLayout layout = at.spec().layout();
    StatisticsGatherer gatherer =
        new StatisticsGatherer(
            context.torch(), at.part().runner(), method.statistics(), at.part().batches());
    LayerStorage storage =
        new LayerStorage(
            context.torch(),
            layout,
            position,
            float32(layout),
            new StorageChoice(model.spec(), List.of()),
            false);
    return new LayerContext(
        context.torch(),
        own,
        new LayerContext.Place(at.layer(), position, at.spec(), at.selected(), Map.of()),
        new LayerContext.Inputs(
            at.part().batches(),
            at.part().batches(),
            at.part().runner(),
            new LayerStatistics(own, layout, at.selected(), gatherer),
            new LayerStatistics(own, layout, at.selected(), gatherer)),
        new LayerContext.Results(
            storage,
            new LayerOutcomes(context.torch(), position),
            new LayerState(at.layer(), at.values(), true),
            method.rounds()));
  }

  private static Map<String, DType> float32(LayerLayout layout) {
    Map<String, DType> types = new HashMap<>();
    for (Linear linear : layout.parts().toList()) {
      types.put(linear.name(), DType.FLOAT32);
      types.put(linear.biasName(), DType.FLOAT32);
    }
    return types;
  }
}
