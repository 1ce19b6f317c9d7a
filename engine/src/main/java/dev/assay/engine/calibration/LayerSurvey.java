package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.StackTraversal.Part;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks at a model layer by layer before anything of it is changed, with calibration samples or
 * without. In memory is what a walk of a method has there: one layer, and the samples' activations.
 */
public final class LayerSurvey {
  private final ModelWeights model;
  private final StageContext context;
  private final long parameters;

  /**
   * @param model as it is to be seen, of the parameters of its checkpoint
   */
  public LayerSurvey(ModelWeights model, StageContext context) {
    this(model, context, model.checkpoint().parameters());
  }

  /**
   * @param model as it is to be seen
   * @param parameters of the whole model
   */
  public LayerSurvey(ModelWeights model, StageContext context, long parameters) {
    this.model = model;
    this.context = context;
    this.parameters = parameters;
  }

  /**
   * How much of the model the stage works on.
   *
   * @param giving the linears that count
   */
  public ParameterShare share(Giving giving) {
    return ParameterShare.of(model.spec(), context.selection(), parameters, giving);
  }

  /** Libtorch. */
  public TorchSession torch() {
    return context.torch();
  }

  /**
   * The gradients of the model's loss.
   *
   * @throws dev.assay.engine.config.BadInputException if it has none, see {@link
   *     GradientSurvey#requireFits}
   */
  public GradientSurvey gradients() {
    return new GradientSurvey(model, context);
  }

  /**
   * What the model's loss becomes with other weights.
   *
   * @param samples how many of the samples it is the loss of, the first
   */
  public LossSurvey losses(int samples) {
    return new LossSurvey(model, context.first(samples));
  }

  /**
   * What the model's loss becomes with a layer that a method has compressed.
   *
   * @param samples how many of the samples it is the loss of, the first
   */
  public LayerTrials trials(int samples) {
    return new LayerTrials(model, context.first(samples));
  }

  /**
   * Shows the layers on which the stage works, one after another.
   *
   * @param wanted what is to be known of inputs; where that is nothing no sample flows
   */
  public void look(Set<Statistic> wanted, Consumer<SurveyedLayer> looker) {
    List<long[]> samples = wanted.isEmpty() ? List.of() : context.requiredSamples();
    new StackTraversal(context.torch(), model, samples)
        .run((part, walk) -> part(part, walk, wanted, looker));
  }

  private void part(
      Part part, NDManager walk, Set<Statistic> wanted, Consumer<SurveyedLayer> looker) {
    Stack stack = model.stack(part.index());
    for (int layer = 0; layer < stack.depth(); layer++) {
      try (NDManager scope = walk.newSubManager()) {
        LayerSpec spec = stack.layer(layer);
        LayerLayout selected = spec.layout().only(context.selection().of(stack, layer));
        Map<String, NDArray> values = model.layers(part.index()).values(scope, layer);
        if (!selected.groups().isEmpty()) {
          LayerStatistics statistics =
              new LayerStatistics(
                  scope,
                  spec.layout(),
                  selected,
                  new StatisticsGatherer(context.torch(), part.runner(), wanted, part.batches()));
          looker.accept(
              new SurveyedLayer(
                  context.torch(),
                  scope,
                  part.before() + layer,
                  spec,
                  selected,
                  new LayerState(layer, values, true),
                  statistics));
        }
        part.propagate(layer, spec, values);
      }
    }
  }
}
