package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.TorchSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Divides what norms put out, and multiplies the linears that take it, channel by channel, so that
 * the ranges of both are evened out. The model computes the same.
 */
final class SmoothQuantMethod implements LayerwiseMethod {
  private final SmoothQuantParameters parameters;

  SmoothQuantMethod(SmoothQuantParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Set<Statistic> statistics() {
    return parameters.search()
        ? Set.of(Statistic.GREATEST_MAGNITUDES, Statistic.INPUTS)
        : Set.of(Statistic.GREATEST_MAGNITUDES);
  }

  @Override
  public boolean folds() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    Map<Folding, NDArray> scales = new LinkedHashMap<>();
    Map<String, String> notes = new LinkedHashMap<>();
    for (LinearGroup group : layer.layout().groups()) {
      for (Folding folding : layer.foldings(group)) {
        if (!SmoothedNorm.feeds(folding)) {
          continue;
        }
        Optional<SmoothedNorm> norm = SmoothedNorm.of(layer, folding);
        if (norm.isEmpty()) {
          String why = layer.statistics(group).tooFew().orElseThrow();
          layer.substitute(folding.linears(), new Substitution("smoothed", "left as it is", why));
          folding.linears().forEach(linear -> notes.put(linear, "not smoothed: " + why));
        } else if (parameters.search()) {
          SmoothingSearch.Found found =
              new SmoothingSearch(layer, parameters.gridPoints()).search(norm.get());
          found.scales().ifPresent(each -> scales.put(folding, each));
          folding.linears().forEach(linear -> notes.put(linear, found.words()));
        } else {
          scales.put(folding, norm.get().scales(layer.scope(), parameters.alpha()));
        }
      }
      if (parameters.search()) {
        layer.freeStatistics(group);
      }
    }
    scales.forEach((folding, found) -> LayerFolding.fold(layer, folding, found));
    notes.forEach((linear, note) -> layer.storeDense(linear, layer.weight(linear), note));
  }

  /**
   * What channels are divided by: max|x|^α / max|w|^(1 − α), at least 1e-5.
   *
   * @param greatest float32 [in], the greatest magnitude of each feature
   * @param weights float32 [out, in] each
   */
  static NDArray scales(
      TorchSession torch, NDManager owner, NDArray greatest, List<NDArray> weights, double alpha) {
    return torch
        .script(SmoothQuantMethod.class, "smooth.py")
        .call(owner, "scales", greatest, weights, alpha);
  }
}
