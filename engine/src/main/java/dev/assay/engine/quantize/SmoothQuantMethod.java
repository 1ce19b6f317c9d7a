package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.Source;
import dev.assay.engine.torch.TorchSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    return Set.of(Statistic.GREATEST_MAGNITUDES);
  }

  @Override
  public boolean folds() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    Map<Folding, NDArray> scales = new LinkedHashMap<>();
    for (LinearGroup group : layer.layout().groups()) {
      for (Folding folding : layer.foldings(group)) {
        if (folding.source() instanceof Source.Norm) {
          GroupStatistics statistics = layer.statistics(group);
          if (statistics.tooFew().isEmpty()) {
            List<NDArray> weights = folding.linears().stream().map(layer::weight).toList();
            scales.put(
                folding,
                scales(
                    layer.torch(),
                    layer.scope(),
                    statistics.greatestMagnitudes(),
                    weights,
                    parameters.alpha()));
          }
        }
      }
    }
    scales.forEach((folding, found) -> LayerFolding.fold(layer, folding, found));
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
