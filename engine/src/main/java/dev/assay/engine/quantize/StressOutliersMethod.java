package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.Source;
import java.util.Arrays;

/**
 * Raises channels of what norms put out, and lowers the columns that read them: the model computes
 * the same, and its activations have outliers.
 */
final class StressOutliersMethod implements LayerwiseMethod {
  private final StressOutliersParameters parameters;

  StressOutliersMethod(StressOutliersParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean folds() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    for (LinearGroup group : layer.layout().groups()) {
      for (Folding folding : layer.foldings(group)) {
        if (folding.source() instanceof Source.Norm
            || folding.source() instanceof Source.RoutedNorm) {
          LayerFolding.fold(layer, folding, divisors(layer, group.inFeatures()));
        }
      }
    }
  }

  private NDArray divisors(LayerContext layer, long features) {
    float[] divisors = new float[Math.toIntExact(features)];
    Arrays.fill(divisors, 1);
    for (int i = 0; i < parameters.channels().size(); i++) {
      int channel = parameters.channels().get(i);
      if (channel >= features) {
        throw new BadInputException(
            "stress-outliers: channels: found %d, expected 0 to %d, the features of layer %d's norms"
                .formatted(channel, features - 1, layer.index()));
      }
      divisors[channel] = (float) (1 / parameters.factors().get(i));
    }
    return layer.scope().create(divisors);
  }
}
