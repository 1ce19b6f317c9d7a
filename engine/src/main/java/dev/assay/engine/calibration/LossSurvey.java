package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.StackTraversal.Part;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.TokenLoss;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shows the weights of a model that continues text, one after another, and says what its loss would
 * be with another in the place of one. The layers before that run once, those from its own on once
 * for each trial. In memory are a layer, and what flows into it and out of those behind.
 */
public final class LossSurvey {
  private static final int MAIN = 0;

  private final ModelWeights model;
  private final StageContext context;
  private final LossBehind behind;

  /**
   * @param model as it is to be seen
   * @throws BadInputException if it does not continue text
   */
  LossSurvey(ModelWeights model, StageContext context) {
    requireFits(model.spec());
    this.model = model;
    this.context = context;
    this.behind = new LossBehind(model, context.samples());
  }

  /**
   * Makes sure that a model has a loss of next tokens.
   *
   * @throws BadInputException if it does not continue text
   */
  public static void requireFits(ModelSpec spec) {
    if (spec.kind() != ModelSpec.Kind.CAUSAL) {
      throw new BadInputException(
          "found a model of kind %s, expected one that continues text: what counts is its loss"
              .formatted(spec.kind()));
    }
  }

  /**
   * A stored weight.
   *
   * @param layer position of its layer in the model; {@link LinearOutcome#BESIDE} for the head
   * @param linears that are stored in it
   * @param isFeed whether it is of a feed-forward
   * @param weight float32 [out of all, in]
   * @param inputs what the samples tell of its input; null where nothing is to be known
   */
  public record Shown(
      int layer,
      List<String> linears,
      boolean isFeed,
      NDArray weight,
      @Nullable GroupStatistics inputs) {
    /** What the samples tell of its input, where that was asked for. */
    public GroupStatistics told() {
      return Objects.requireNonNull(inputs, "statistics");
    }
  }

  /** Tries another weight. */
  @FunctionalInterface
  public interface Trial {
    /**
     * The loss, the mean over samples of the mean over their tokens from the second on.
     *
     * @param other in the place of the weight that is shown, float32 [out of all, in]
     */
    double loss(NDArray other);
  }

  /** Sees weights. */
  @FunctionalInterface
  public interface Looker {
    /**
     * @param scope owner of tensors that live as long as the call
     */
    void see(NDManager scope, Shown shown, Trial trial);
  }

  /** Libtorch. */
  public TorchSession torch() {
    return context.torch();
  }

  /**
   * Shows the weights that the stage works on, layer by layer, and the head where it works on that.
   *
   * @param wanted what is to be known of inputs; may be nothing
   */
  public void look(Set<Statistic> wanted, Looker looker) {
    new StackTraversal(context.torch(), model, context.requiredSamples())
        .run(
            (part, walk) -> {
              try (TokenLoss top = new TokenLoss(context.torch(), model)) {
                layers(part, walk, wanted, top, looker);
              }
              if (context.selection().beside().contains(Beside.HEAD)) {
                head(part, walk, wanted, looker);
              }
            });
  }

  private void layers(
      Part part, NDManager walk, Set<Statistic> wanted, TokenLoss top, Looker looker) {
    Stack stack = model.stack(MAIN);
    for (int layer = 0; layer < stack.depth(); layer++) {
      try (NDManager scope = walk.newSubManager()) {
        LayerSpec spec = stack.layer(layer);
        LayerLayout selected = spec.layout().only(context.selection().of(stack, layer));
        Map<String, NDArray> values = model.layers(MAIN).values(scope, layer);
        Place at = new Place(part, layer, spec, values, top);
        LayerStatistics statistics =
            new LayerStatistics(
                scope,
                spec.layout(),
                selected,
                new StatisticsGatherer(context.torch(), part.runner(), wanted, part.batches()));
        LayerState state = new LayerState(layer, values, true);
        for (LinearGroup group : selected.groups()) {
          GroupStatistics told = wanted.isEmpty() ? null : statistics.of(group, spec, state);
          boolean isFeed = statistics.indexOf(group) >= spec.firstFeedForward();
          for (List<String> linears : selected.storedTogether(group)) {
            try (NDManager own = scope.newSubManager()) {
              NDArray weight =
                  context
                      .torch()
                      .tensors()
                      .concatenate(own, linears.stream().map(state::unstored).toList(), 0);
              looker.see(
                  own,
                  new Shown(part.before() + layer, linears, isFeed, weight, told),
                  other -> loss(at, linears, other));
            }
          }
        }
        part.advance(spec, values);
      }
    }
  }

  /** A layer, its weights and what flows into it. */
  private record Place(
      Part part, int layer, LayerSpec spec, Map<String, NDArray> values, TokenLoss top) {}

  private double loss(Place at, List<String> linears, NDArray other) {
    try (NDManager own = context.torch().manager().newSubManager()) {
      Map<String, NDArray> values = new HashMap<>(at.values());
      long from = 0;
      for (String linear : linears) {
        long to = from + at.spec().layout().linear(linear).outFeatures();
        values.put(linear, context.torch().tensors().rows(own, other, from, to));
        from = to;
      }
      return behind.of(own, at.part(), at.layer(), at.spec(), values, at.top());
    }
  }

  private void head(Part part, NDManager walk, Set<Statistic> wanted, Looker looker) {
    List<NDArray> outputs = part.batches().stream().map(LayerBatch::activations).toList();
    String prefix = Beside.HEAD.prefix(model.spec());
    try (NDManager scope = walk.newSubManager()) {
      NDArray weight = model.linear(scope, prefix).dequantize(context.torch(), scope);
      try (Gathering gathering =
          new Gathering(context.torch(), scope, wanted, weight.getShape().get(1), outputs.size())) {
        for (NDArray output : outputs) {
          try (NDManager each = scope.newSubManager()) {
            gathering.add(part.runner().finalNorm(each, List.of(output)).get(0));
          }
        }
        looker.see(
            scope,
            new Shown(
                LinearOutcome.BESIDE,
                List.of(Beside.HEAD.word()),
                false,
                weight,
                gathering.result()),
            other -> {
              ModelWeights changed =
                  new OtherLinear(model, prefix, new DenseWeight(other, DType.FLOAT32));
              try (TokenLoss top = new TokenLoss(context.torch(), changed)) {
                return behind.mean(top, outputs);
              }
            });
      }
    }
  }
}
