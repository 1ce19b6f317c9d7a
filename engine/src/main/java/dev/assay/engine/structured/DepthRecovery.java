package dev.assay.engine.structured;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.StateSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.calibration.SurveyedStore;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Residual;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;

/**
 * Makes up for layers that go, in the last linear of the feed-forward before each run of them: it
 * gets the weight with which the stream behind it is nearest to what it was behind the run, by
 * least squares over the calibration tokens of the model as it was. In memory are the changes of
 * the samples' states in each run, and the inputs of one linear.
 *
 * @see <a href="https://arxiv.org/abs/2505.02819">Shopkhoev et al. 2025, ReplaceMe, of which this
 *     solves for the whole weight</a>
 */
final class DepthRecovery {
  /** Of the mean of the inputs' second moments. */
  private static final double RIDGE = 1e-3;

  private static final Set<Residual> ADDING =
      EnumSet.of(Residual.PRE, Residual.PARALLEL, Residual.PARALLEL_NORMS);

  private final TorchSession torch;
  private final StageContext context;
  private final ModelWeights before;
  private final ScriptModule script;

  /**
   * @param before the model as it was
   */
  DepthRecovery(StageContext context, ModelWeights before) {
    this.torch = context.torch();
    this.context = context;
    this.before = before;
    this.script = torch.script(DepthRecovery.class, "depth.py");
  }

  /**
   * Makes sure that what the feed-forward's last linear puts out is what is added to the stream.
   *
   * @throws BadInputException if not
   */
  static void requireFits(ModelSpec spec) {
    if (!ADDING.contains(spec.spec().residual())) {
      throw new BadInputException(
          "recovery: found norms behind what adds to the stream (%s), expected a feed-forward whose last linear adds to it"
              .formatted(spec.family()));
    }
    if (spec.main().layers().stream().anyMatch(layer -> layer.feedForward().experts() > 1)) {
      throw new BadInputException(
          "recovery: found a mixture of experts, expected one feed-forward in each layer");
    }
  }

  /** Layers in a row. */
  private record Run(int first, int last) {}

  private static List<Run> runs(SortedSet<Integer> dropped) {
    List<Run> runs = new ArrayList<>();
    for (int layer : dropped) {
      Run open = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (open != null && open.last() == layer - 1) {
        runs.set(runs.size() - 1, new Run(open.first(), layer));
      } else {
        runs.add(new Run(layer, layer));
      }
    }
    return runs;
  }

  /**
   * Puts the weights. Nothing makes up for layers before which there is none.
   *
   * @param dropped by their numbers in the model as it was
   */
  void run(SortedSet<Integer> dropped, SurveyedStore store) {
    Map<Integer, Run> behind = new HashMap<>();
    runs(dropped).stream()
        .filter(run -> run.first() > 0)
        .forEach(run -> behind.put(run.first() - 1, run));
    if (behind.isEmpty()) {
      return;
    }
    try (NDManager own = torch.manager().newSubManager()) {
      Map<Integer, List<NDArray>> changes = changes(own, behind);
      new LayerSurvey(before, context)
          .look(
              Set.of(Statistic.INPUTS),
              layer -> {
                Run run = behind.get(layer.position());
                if (run != null) {
                  put(layer, run, Objects.requireNonNull(changes.get(layer.position())), store);
                }
              });
    }
  }

  /** What each run adds to the states of each sample, by the layer before it. */
  private Map<Integer, List<NDArray>> changes(NDManager own, Map<Integer, Run> behind) {
    Map<Integer, List<NDArray>> changes = new HashMap<>();
    behind.keySet().forEach(layer -> changes.put(layer, new ArrayList<>()));
    new StateSurvey(before, context)
        .look(
            (boundary, sequence, state) ->
                behind.forEach(
                    (layer, run) -> {
                      List<NDArray> each = Objects.requireNonNull(changes.get(layer));
                      if (boundary == run.first()) {
                        each.add(torch.tensors().copy(own, state));
                      } else if (boundary == run.last() + 1) {
                        script.run("become_change", each.get(sequence), state);
                      }
                    }));
    return changes;
  }

  private void put(SurveyedLayer layer, Run run, List<NDArray> changes, SurveyedStore store) {
    List<LinearGroup> groups = layer.spec().layout().groups();
    LinearGroup last = groups.get(groups.size() - 1);
    GroupStatistics told = layer.statistics(last);
    try (NDManager scope = layer.scope().newSubManager()) {
      String linear = last.linears().get(0);
      NDArray weight = layer.weight(linear);
      long in = weight.getShape().get(1);
      NDArray moments = torch.tensors().zeros(scope, DType.FLOAT64, in, in);
      NDArray both = torch.tensors().zeros(scope, DType.FLOAT64, weight.getShape().get(0), in);
      for (int sequence = 0; sequence < changes.size(); sequence++) {
        script.run(
            "add_moments", moments, both, told.inputs().get(sequence), changes.get(sequence));
      }
      String what =
          run.first() == run.last()
              ? "layer " + run.first()
              : "layers " + run.first() + " to " + run.last();
      store.put(
          layer,
          List.of(linear),
          new RecoverySolver(torch).adding(scope, weight, moments, both, RIDGE),
          "makes up for " + what + " by least squares");
    }
  }
}
