package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.StackTraversal.Part;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.DenseCache;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerGradients;
import dev.assay.engine.run.TokenLoss;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Shows how the loss of a model that continues text depends on the weights of its linears, layer by
 * layer from the last to the first, of each calibration sample by itself. The loss of a sample is
 * the mean of −log p of its tokens from the second on. In memory are one layer with its gradients,
 * and what each layer takes in of all samples: as many hidden states as the model has layers, and
 * one more ({@link #states}).
 */
public final class GradientSurvey {
  private static final int MAIN = 0;

  private final ModelWeights model;
  private final StageContext context;

  /**
   * @param model as it is to be seen
   * @throws BadInputException if its loss cannot be differentiated, see {@link #requireFits}
   */
  public GradientSurvey(ModelWeights model, StageContext context) {
    requireFits(model.spec());
    this.model = model;
    this.context = context;
  }

  /**
   * Makes sure that a model has a loss of next tokens that can be differentiated.
   *
   * @throws BadInputException if it does not continue text, or rounds inputs or caches on its way
   */
  public static void requireFits(ModelSpec spec) {
    if (spec.kind() != ModelSpec.Kind.CAUSAL) {
      throw new BadInputException(
          "found a model of kind %s, expected one that continues text: gradients are those of its loss"
              .formatted(spec.kind()));
    }
    Stack stack = spec.stacks().get(MAIN);
    for (int layer = 0; layer < stack.depth(); layer++) {
      requireFits(stack, layer);
    }
  }

  private static void requireFits(Stack stack, int layer) {
    LayerSpec spec = stack.layer(layer);
    for (String linear : spec.layout().names()) {
      if (spec.linear(linear).input().rounds()) {
        throw new BadInputException(
            "%s: found an input that is rounded, expected none: rounding has no gradient"
                .formatted(stack.names().inLayer(layer, linear)));
      }
    }
    if (!(spec.cache() instanceof DenseCache)) {
      throw new BadInputException(
          "%s.%d: found keys and values that are rounded (%s), expected none: rounding has no gradient"
              .formatted(stack.names().layers(), layer, spec.cache().name()));
    }
  }

  /** Copies of the samples' hidden states that it holds at once, of a model. */
  public static int states(ModelSpec spec) {
    return spec.main().depth() + 1;
  }

  /** Sees gradients. */
  @FunctionalInterface
  public interface Looker {
    /**
     * Those of one sample in a layer.
     *
     * @param sample its index
     * @param gradients of the sample's loss in the weights of the linears that the stage works on,
     *     float32 [out, in] by name within the layer; they live as long as the call
     */
    void see(SurveyedLayer layer, int sample, Map<String, NDArray> gradients);

    /** All samples were shown of a layer, whose {@link SurveyedLayer#scope} ends now. */
    default void seen(SurveyedLayer layer) {}
  }

  /** Libtorch. */
  public TorchSession torch() {
    return context.torch();
  }

  /** How many samples there are. */
  public int samples() {
    return context.samples().size();
  }

  /**
   * Shows gradients.
   *
   * @return the loss, averaged over the samples
   */
  public double look(Looker looker) {
    double[] loss = {0};
    new StackTraversal(context.torch(), model, context.requiredSamples())
        .run((part, walk) -> loss[0] = part(part, walk, looker));
    return loss[0];
  }

  private double part(Part part, NDManager walk, Looker looker) {
    List<List<NDArray>> states = forward(part, walk);
    List<NDArray> outputs = states.remove(states.size() - 1);
    List<NDArray> gradients = new ArrayList<>();
    double sum = 0;
    try (TokenLoss top = new TokenLoss(context.torch(), model)) {
      for (int sample = 0; sample < outputs.size(); sample++) {
        TokenLoss.Found found = top.find(walk, outputs.get(sample), context.samples().get(sample));
        outputs.get(sample).close();
        sum += found.mean();
        gradients.add(found.gradient());
      }
    }
    Stack stack = model.stack(part.index());
    OptionalInt lowest =
        IntStream.range(0, stack.depth())
            .filter(layer -> !selected(stack, layer).isEmpty())
            .findFirst();
    for (int layer = stack.depth() - 1; layer >= lowest.orElse(stack.depth()); layer--) {
      try (NDManager scope = walk.newSubManager()) {
        backward(new At(part, layer, walk, scope), states.remove(layer), gradients, looker);
      }
    }
    return sum / outputs.size();
  }

  private Set<String> selected(Stack stack, int layer) {
    return context.selection().of(stack, layer);
  }

  /** What each layer takes in of each sample, and what the last one makes of it. */
  private List<List<NDArray>> forward(Part part, NDManager walk) {
    Stack stack = model.stack(part.index());
    List<List<NDArray>> states = new ArrayList<>();
    List<NDArray> inputs = part.batches().stream().map(LayerBatch::activations).toList();
    states.add(inputs);
    for (int layer = 0; layer < stack.depth(); layer++) {
      List<NDArray> outputs = new ArrayList<>();
      try (NDManager scope = walk.newSubManager();
          BoundLayer bound =
              part.runner()
                  .bind(stack.layer(layer), model.layers(part.index()).values(scope, layer))) {
        for (NDArray input : inputs) {
          outputs.add(bound.output(walk, input, null));
        }
      }
      states.add(outputs);
      inputs = outputs;
    }
    return states;
  }

  /**
   * A layer on the way back.
   *
   * @param walk owner of what goes on to the layer before
   * @param scope owner of what lives as long as the layer
   */
  private record At(Part part, int layer, NDManager walk, NDManager scope) {}

  /** Replaces each gradient in a layer's output by that in its input. */
  private void backward(At at, List<NDArray> inputs, List<NDArray> gradients, Looker looker) {
    Part part = at.part();
    int layer = at.layer();
    NDManager scope = at.scope();
    Stack stack = model.stack(part.index());
    LayerSpec spec = stack.layer(layer);
    LayerLayout selected = spec.layout().only(selected(stack, layer));
    long tokens = inputs.stream().mapToLong(input -> input.getShape().get(1)).max().orElseThrow();
    Map<String, NDArray> values = new HashMap<>(model.layers(part.index()).values(scope, layer));
    try (LayerGradients module =
        LayerGradients.of(
            context.torch(),
            scope,
            part.runner(),
            spec,
            values,
            selected.linears().toList(),
            tokens)) {
      SurveyedLayer shown =
          new SurveyedLayer(
              context.torch(),
              scope,
              part.before() + layer,
              spec,
              selected,
              new LayerState(layer, values, true),
              new LayerStatistics(
                  scope,
                  spec.layout(),
                  selected,
                  new StatisticsGatherer(
                      context.torch(), part.runner(), Set.of(), part.batches())));
      for (int sample = 0; sample < inputs.size(); sample++) {
        try (NDManager own = scope.newSubManager()) {
          LayerGradients.Found found = module.find(own, inputs.get(sample), gradients.get(sample));
          if (!selected.groups().isEmpty()) {
            looker.see(shown, sample, found.weights());
          }
          inputs.get(sample).close();
          gradients.get(sample).close();
          found.input().attach(at.walk());
          gradients.set(sample, found.input());
        }
      }
      if (!selected.groups().isEmpty()) {
        looker.seen(shown);
      }
    }
  }
}
