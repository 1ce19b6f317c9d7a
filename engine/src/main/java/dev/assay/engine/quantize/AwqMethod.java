package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.TokenSampleAccumulator;
import dev.assay.engine.model.Inspected;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.Source;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes AWQ through a layer, in the order of the published code: search the scales of every group
 * on the original weights, fold them, search the ranges on the scaled weights, then round. The next
 * layer's calibration inputs come from the original layer.
 *
 * @see <a href="https://github.com/mit-han-lab/llm-awq/blob/d6e797a/awq/quantize/pre_quant.py">
 *     run_awq</a>
 */
final class AwqMethod implements CompressionMethod {
  private final AwqParameters parameters;

  AwqMethod(AwqParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of(Statistic.MEAN_MAGNITUDES, Statistic.INPUTS);
  }

  @Override
  public Propagation propagation() {
    return Propagation.ORIGINAL;
  }

  @Override
  public void compress(LayerContext layer) {
    Map<LinearGroup, NDArray> tokens = new LinkedHashMap<>();
    Map<LinearGroup, AwqScales> scales = new LinkedHashMap<>();
    for (LinearGroup group : layer.layout().groups()) {
      try (NDManager scope = layer.scope().newSubManager()) {
        GroupStatistics statistics = layer.statistics(group);
        if (parameters.clipSearch() && clips(group)) {
          tokens.put(group, sample(layer, statistics.inputs()));
        }
        if (parameters.scaleSearch() && canFold(layer, group)) {
          scales.put(group, search(layer, scope, group, statistics));
        }
      }
      // The inputs of one group are as large as all activations.
      layer.forgetStatistics();
    }
    scales.forEach((group, found) -> fold(layer, group, found.scales()));
    AwqGrid grid = new AwqGrid(parameters.bits(), parameters.groupSize());
    for (LinearGroup group : layer.layout().groups()) {
      Optional<AwqScales> found = Optional.ofNullable(scales.get(group));
      String note = found.map(s -> String.format("scale ratio %.2f", s.ratio())).orElse(null);
      for (String linear : group.linears()) {
        NDArray weight = layer.weight(linear);
        NDArray seen = tokens.get(group);
        if (seen != null) {
          weight = clipped(layer, weight, scaled(layer, seen, found));
        }
        layer.storeQuantized(linear, grid.quantize(layer.torch(), layer.scope(), weight), note);
      }
    }
  }

  /** Queries and keys are not clipped: their product is too sensitive to it. */
  private static boolean clips(LinearGroup group) {
    return group.inspected() != Inspected.ATTENTION;
  }

  /** Folding into a linear wants one row for each column; grouped queries share value rows. */
  private static boolean canFold(LayerContext layer, LinearGroup group) {
    if (group.source() instanceof Source.Linear source) {
      long rows = layer.weight(source.name()).getShape().get(0);
      return layer.weight(group.linears().get(0)).getShape().get(1) == rows;
    }
    return true;
  }

  private AwqScales search(
      LayerContext layer, NDManager scope, LinearGroup group, GroupStatistics statistics) {
    List<NDArray> weights = group.linears().stream().map(layer::weight).toList();
    AwqScales found =
        new AwqScaleSearch(layer.torch(), parameters)
            .search(
                scope,
                statistics.meanMagnitudes(),
                weights,
                new GroupModule(layer, group, statistics.inputs()));
    found.scales().attach(layer.scope());
    return found;
  }

  private NDArray sample(LayerContext layer, List<NDArray> inputs) {
    long features = inputs.get(0).getShape().get(2);
    long total = inputs.stream().mapToLong(batch -> batch.getShape().size() / features).sum();
    try (TokenSampleAccumulator sample =
        new TokenSampleAccumulator(layer.torch(), features, total, parameters.clipTokens())) {
      inputs.forEach(sample::add);
      return sample.samples(layer.scope());
    }
  }

  private static void fold(LayerContext layer, LinearGroup group, NDArray scales) {
    for (String linear : group.linears()) {
      layer.replace(
          linear,
          ScaleFolding.multiplyColumns(layer.torch(), layer.scope(), layer.weight(linear), scales));
    }
    if (group.source() instanceof Source.Norm norm) {
      layer.replace(
          norm.name(),
          ScaleFolding.divide(layer.torch(), layer.scope(), layer.norm(norm.name()), scales));
    } else if (group.source() instanceof Source.Linear linear) {
      layer.replace(
          linear.name(),
          ScaleFolding.divideRows(
              layer.torch(), layer.scope(), layer.weight(linear.name()), scales));
    }
  }

  private static NDArray scaled(LayerContext layer, NDArray tokens, Optional<AwqScales> found) {
    return found
        .map(s -> ScaleFolding.divide(layer.torch(), layer.scope(), tokens, s.scales()))
        .orElse(tokens);
  }

  private NDArray clipped(LayerContext layer, NDArray weight, NDArray tokens) {
    AwqClipSearch search = new AwqClipSearch(layer.torch(), parameters);
    NDArray bounds = search.bounds(layer.scope(), weight, tokens);
    return search.clip(layer.scope(), weight, bounds);
  }

  /** The module around a group, with the group's inputs. */
  private record GroupModule(LayerContext layer, LinearGroup group, List<NDArray> inputs)
      implements InspectedModule {
    @Override
    public int batches() {
      return inputs.size();
    }

    @Override
    public NDArray output(NDManager owner, List<NDArray> weights, int batch) {
      Map<String, NDArray> replaced = new LinkedHashMap<>();
      for (int i = 0; i < weights.size(); i++) {
        replaced.put(group.linears().get(i), weights.get(i));
      }
      return layer.inspect(owner, group, replaced, inputs.get(batch));
    }
  }
}
