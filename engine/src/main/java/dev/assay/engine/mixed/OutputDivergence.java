package dev.assay.engine.mixed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.StageContext.Progress;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Measures what each width of each linear does to the model's output: the mean over calibration
 * tokens of Σ p ln(p / p_q), only that linear rounded. The layers before it run once; those from
 * its own on once for each linear and width.
 */
final class OutputDivergence {
  /** Tokens that go through a layer at once; bounds the memory of attention. */
  private static final int BATCH_TOKENS = 8192;

  private final TorchSession torch;
  private final CheckpointWeights weights;
  private final Stack stack;
  private final SortedSet<Integer> widths;
  private final WidthGrid grid;

  /**
   * @throws BadInputException if the model does not continue text
   */
  OutputDivergence(
      TorchSession torch, CheckpointWeights weights, SortedSet<Integer> widths, WidthGrid grid) {
    if (weights.spec().kind() != ModelSpec.Kind.CAUSAL) {
      throw new BadInputException(
          "sensitivity: found kl, expected output-error: a model of "
              + weights.spec().family()
              + " does not continue text");
    }
    this.torch = torch;
    this.weights = weights;
    this.stack = weights.stack(0);
    this.widths = widths;
    this.grid = grid;
  }

  List<Sensitivity> measure(List<long[]> samples, Selection selection, Progress progress) {
    List<Sensitivity> measured = new ArrayList<>();
    try (NDManager scope = torch.manager().newSubManager();
        LayerRunner runner = new LayerRunner(torch, weights, 0)) {
      TokenDistribution head = new TokenDistribution(torch, weights, scope);
      List<NDArray> inputs = runner.embed(scope, batches(scope, samples));
      List<NDArray> exact = ended(scope, runner, inputs, 0);
      for (int layer = 0; layer < stack.depth(); layer++) {
        try (NDManager forLayer = scope.newSubManager()) {
          Map<String, NDArray> values = weights.layers(0).values(forLayer, layer);
          for (List<String> linears : new Items(stack).of(layer, selection)) {
            measured.add(measure(new Place(runner, layer, inputs, values), linears, exact, head));
          }
          List<NDArray> before = inputs;
          inputs = advanced(scope, runner, layer, values, before);
          before.forEach(NDArray::close);
        }
        progress.done(layer + 1, stack.depth());
      }
    }
    return measured;
  }

  /** A layer, what goes into it, and its weights. */
  private record Place(
      LayerRunner runner, int layer, List<NDArray> inputs, Map<String, NDArray> values) {}

  private Sensitivity measure(
      Place at, List<String> linears, List<NDArray> exact, TokenDistribution head) {
    SortedMap<Integer, Double> costs = new TreeMap<>();
    for (int bits : widths) {
      try (NDManager scope = torch.manager().newSubManager()) {
        Map<String, NDArray> values = new HashMap<>(at.values());
        linears.forEach(
            name ->
                values.compute(name, (key, weight) -> grid.rounded(torch, scope, weight, bits)));
        List<NDArray> after = advanced(scope, at.runner(), at.layer(), values, at.inputs());
        costs.put(bits, head.divergence(exact, ended(scope, at.runner(), after, at.layer() + 1)));
      }
    }
    return new Sensitivity(new Items(stack).item(at.layer(), linears), costs);
  }

  private List<NDArray> advanced(
      NDManager owner,
      LayerRunner runner,
      int layer,
      Map<String, NDArray> values,
      List<NDArray> inputs) {
    try (BoundLayer bound = runner.bind(stack.layer(layer), values)) {
      return inputs.stream().map(input -> bound.output(owner, input, null)).toList();
    }
  }

  /** What comes out behind the final norm, from the input of a layer on. */
  private List<NDArray> ended(
      NDManager owner, LayerRunner runner, List<NDArray> inputs, int layer) {
    List<NDArray> now = inputs;
    for (int next = layer; next < stack.depth(); next++) {
      try (NDManager scope = torch.manager().newSubManager()) {
        Map<String, NDArray> values = weights.layers(0).values(scope, next);
        List<NDArray> before = now;
        now = advanced(owner, runner, next, values, before);
        if (before != inputs) {
          before.forEach(NDArray::close);
        }
      }
    }
    return runner.finalNorm(owner, now);
  }

  private static List<NDArray> batches(NDManager owner, List<long[]> samples) {
    int length = samples.get(0).length;
    int perBatch = Math.max(1, BATCH_TOKENS / length);
    List<NDArray> batches = new ArrayList<>();
    for (int start = 0; start < samples.size(); start += perBatch) {
      List<long[]> rows = samples.subList(start, Math.min(samples.size(), start + perBatch));
      long[] ids = rows.stream().flatMapToLong(Arrays::stream).toArray();
      batches.add(owner.create(ids, new Shape(rows.size(), length)));
    }
    return batches;
  }
}
