package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.TokenSampleAccumulator;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.Source;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Takes AWQ through a layer, in the order of the published code: search the scales of every group
 * on the original weights, fold them, search the ranges on the scaled weights, then round. The next
 * layer's calibration inputs come from the original layer.
 *
 * @see <a href="https://github.com/mit-han-lab/llm-awq/blob/d6e797a/awq/quantize/pre_quant.py">
 *     run_awq</a>
 */
final class AwqMethod implements LayerwiseMethod {
  private final AwqParameters parameters;
  private final AwqTrace trace;

  AwqMethod(AwqParameters parameters) {
    this(parameters, new AwqTrace() {});
  }

  /**
   * @param trace hears what is found on the way
   */
  AwqMethod(AwqParameters parameters, AwqTrace trace) {
    this.parameters = parameters;
    this.trace = trace;
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of(Statistic.MEAN_MAGNITUDES, Statistic.INPUTS);
  }

  @Override
  public boolean movesFactors() {
    return parameters.scaleSearch();
  }

  @Override
  public Propagation propagation() {
    return Propagation.ORIGINAL;
  }

  @Override
  public double storedBits(DType source) {
    return GridForm.bitsPerWeight(parameters.bits(), parameters.groupSize());
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(new AwqGrid(parameters.bits(), parameters.groupSize()).form());
  }

  @Override
  public void compress(LayerContext layer) {
    Map<LinearGroup, NDArray> tokens = new LinkedHashMap<>();
    Map<LinearGroup, String> unseen = new LinkedHashMap<>();
    Map<Folding, AwqScales> scales = new LinkedHashMap<>();
    for (LinearGroup group : layer.layout().groups()) {
      try (NDManager scope = layer.scope().newSubManager()) {
        GroupStatistics statistics = layer.statistics(group);
        Optional<String> tooFew = statistics.tooFew();
        if (tooFew.isPresent()) {
          unseen.put(group, "rounded to nearest: " + tooFew.get());
          continue;
        }
        if (parameters.clipSearch() && group.parts().stream().anyMatch(clippable(group))) {
          tokens.put(
              group,
              TokenSampleAccumulator.of(
                  layer.torch(), layer.scope(), statistics.inputs(), parameters.clipTokens()));
        }
        if (parameters.scaleSearch()) {
          for (Folding folding : layer.foldings(group)) {
            if (!(folding.source() instanceof Source.RoutedNorm)) {
              AwqScales found = FoldedModule.search(parameters, layer, scope, folding, statistics);
              trace.scales(layer, folding, found);
              scales.put(folding, found);
            }
          }
        }
      } finally {
        // The inputs of one group are as large as all activations.
        layer.freeStatistics(group);
      }
    }
    scales.forEach((folding, found) -> LayerFolding.fold(layer, folding, found.scales()));
    round(layer, tokens, unseen, scales);
  }

  private void round(
      LayerContext layer,
      Map<LinearGroup, NDArray> tokens,
      Map<LinearGroup, String> unseen,
      Map<Folding, AwqScales> scales) {
    AwqGrid grid = new AwqGrid(parameters.bits(), parameters.groupSize());
    for (LinearGroup group : layer.layout().groups()) {
      for (Linear part : group.parts()) {
        String linear = part.name();
        Optional<AwqScales> found =
            scales.entrySet().stream()
                .filter(entry -> entry.getKey().linears().contains(linear))
                .map(Map.Entry::getValue)
                .findFirst();
        try (NDManager scope = layer.scope().newSubManager()) {
          NDArray weight = layer.weight(linear);
          NDArray seen = clippable(group).test(part) ? tokens.get(group) : null;
          if (seen != null) {
            weight = clipped(layer, scope, linear, scaled(layer, scope, seen, found));
          }
          trace.rounding(layer, linear, weight);
          QuantizedWeight rounded = grid.quantize(layer.torch(), scope, weight);
          String note =
              Notes.joined(
                  List.of(
                      found.map(AwqScales::words).or(() -> Optional.ofNullable(unseen.get(group))),
                      parameters.scaleSearch()
                          ? turned(layer, linear)
                              .or(() -> UnscaledOutput.note(layer.spec(), linear))
                          : Optional.empty(),
                      OneSidedGroups.note(
                          grid.oneSided(layer.torch(), weight),
                          rounded.scales().getShape().size())));
          layer.storeQuantized(linear, rounded, note);
        }
      }
    }
  }

  private static Optional<String> turned(LayerContext layer, String linear) {
    return layer.spec().linear(linear).input().turns()
        ? Optional.of("input not scaled: it is rotated")
        : Optional.empty();
  }

  /** Queries and keys are too sensitive to clipping, and so is a weight that makes them too. */
  private static Predicate<Linear> clippable(LinearGroup group) {
    return part -> !group.storedWithQueriesOrKeys(part);
  }

  private static NDArray scaled(
      LayerContext layer, NDManager scope, NDArray tokens, Optional<AwqScales> found) {
    return found
        .map(s -> ScaleFolding.divide(layer.torch(), scope, tokens, s.scales()))
        .orElse(tokens);
  }

  private NDArray clipped(LayerContext layer, NDManager scope, String linear, NDArray tokens) {
    AwqClipSearch search = new AwqClipSearch(layer.torch(), parameters);
    NDArray weight = layer.weight(linear);
    NDArray bounds = search.bounds(scope, weight, tokens);
    trace.bounds(layer, linear, bounds);
    return search.clip(scope, weight, bounds);
  }
}
