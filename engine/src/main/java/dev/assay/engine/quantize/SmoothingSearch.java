package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.TokenSampleAccumulator;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Searches the alpha under which the linears behind a norm change their outputs least when weights
 * are rounded to 8 bits by row and inputs by token. Moving nothing is the first candidate and wins
 * ties; a loss that is not finite loses. At most {@value #TOKENS} tokens are looked at, evenly
 * spaced.
 */
final class SmoothingSearch {
  private static final int TOKENS = 1024;

  private final LayerContext layer;
  private final int points;
  private final ScriptModule script;

  /**
   * @param points steps from 0 to 1
   */
  SmoothingSearch(LayerContext layer, int points) {
    this.layer = layer;
    this.points = points;
    this.script = layer.torch().script(SmoothingSearch.class, "smooth.py");
  }

  /**
   * What was found.
   *
   * @param scales of the channels; nothing where moving nothing did best
   * @param words the alpha in words
   */
  record Found(Optional<NDArray> scales, String words) {}

  Found search(SmoothedNorm norm) {
    try (NDManager scope = layer.scope().newSubManager()) {
      List<NDArray> samples = new ArrayList<>();
      for (SmoothedNorm.Readers each : norm.readers()) {
        samples.add(
            TokenSampleAccumulator.of(layer.torch(), scope, each.statistics().inputs(), TOKENS));
      }
      double least = loss(norm, samples, norm.greatest().onesLike());
      int best = -1;
      for (int k = 0; k <= points; k++) {
        double loss = loss(norm, samples, norm.scales(scope, (double) k / points));
        if (Double.isFinite(loss) && !(least <= loss)) {
          least = loss;
          best = k;
        }
      }
      return best < 0
          ? new Found(Optional.empty(), "not smoothed: no alpha did better")
          : new Found(
              Optional.of(norm.scales(layer.scope(), (double) best / points)),
              String.format(Locale.ROOT, "smoothed with alpha %.2f", (double) best / points));
    }
  }

  private double loss(SmoothedNorm norm, List<NDArray> samples, NDArray scales) {
    double loss = 0;
    for (int i = 0; i < samples.size(); i++) {
      List<NDArray> weights = norm.readers().get(i).linears().stream().map(layer::weight).toList();
      loss += script.callForDouble("rounding_loss", samples.get(i), weights, scales);
    }
    return loss;
  }
}
