package dev.assay.engine.quantize;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.Source;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Searches AWQ's scales and folds them; the model computes the same, and is rounded later. */
final class AwqScalesMethod implements LayerwiseMethod {
  private final AwqParameters parameters;

  AwqScalesMethod(AwqScalesParameters parameters) {
    this.parameters = parameters.search();
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
  public boolean folds() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    Map<Folding, AwqScales> scales = new LinkedHashMap<>();
    Map<String, String> unseen = new LinkedHashMap<>();
    for (LinearGroup group : layer.layout().groups()) {
      try (NDManager scope = layer.scope().newSubManager()) {
        GroupStatistics statistics = layer.statistics(group);
        Optional<String> tooFew = statistics.tooFew();
        if (tooFew.isPresent()) {
          List<String> linears =
              scalable(layer, group).flatMap(folding -> folding.linears().stream()).toList();
          if (!linears.isEmpty()) {
            layer.substitute(linears, new Substitution("scaled", "left as it is", tooFew.get()));
            linears.forEach(linear -> unseen.put(linear, "not scaled: " + tooFew.get()));
          }
          continue;
        }
        scalable(layer, group)
            .forEach(
                folding ->
                    scales.put(
                        folding,
                        FoldedModule.search(parameters, layer, scope, folding, statistics)));
      } finally {
        layer.freeStatistics(group);
      }
    }
    scales.forEach((folding, found) -> LayerFolding.fold(layer, folding, found.scales()));
    layer.layout().linears().forEach(linear -> store(layer, linear, scales, unseen));
  }

  private static Stream<Folding> scalable(LayerContext layer, LinearGroup group) {
    return layer.foldings(group).stream()
        .filter(folding -> !(folding.source() instanceof Source.RoutedNorm));
  }

  private static void store(
      LayerContext layer,
      String linear,
      Map<Folding, AwqScales> scales,
      Map<String, String> unseen) {
    Optional<String> scaled =
        scales.entrySet().stream()
            .filter(entry -> entry.getKey().linears().contains(linear))
            .map(entry -> entry.getValue().words())
            .findFirst();
    String note =
        Notes.joined(
            List.of(
                scaled,
                Optional.ofNullable(unseen.get(linear)),
                UnscaledOutput.note(layer.spec(), linear)));
    if (note != null) {
      layer.storeDense(linear, layer.weight(linear), note);
    }
  }
}
