package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Source;
import dev.assay.engine.model.Stack;
import java.util.Arrays;
import java.util.Comparator;

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
  public void requireFits(ModelSpec spec) {
    int most = parameters.channels().stream().max(Comparator.naturalOrder()).orElse(0);
    for (Stack stack : spec.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        LayerLayout layout = stack.layer(layer).layout();
        for (Folding folding : layout.foldings()) {
          long features = layout.groups().get(folding.group()).inFeatures();
          if (isBehindNorm(folding) && most >= features) {
            throw new BadInputException(
                "channels: found %d, expected 0 to %d, the features of the norm in front of %s"
                    .formatted(
                        most,
                        features - 1,
                        stack.names().inLayer(layer, folding.linears().get(0))));
          }
        }
      }
    }
  }

  private static boolean isBehindNorm(Folding folding) {
    return folding.source() instanceof Source.Norm || folding.source() instanceof Source.RoutedNorm;
  }

  @Override
  public void compress(LayerContext layer) {
    for (LinearGroup group : layer.layout().groups()) {
      for (Folding folding : layer.foldings(group)) {
        if (isBehindNorm(folding)) {
          LayerFolding.fold(layer, folding, divisors(layer, group.inFeatures()));
        }
      }
    }
  }

  private NDArray divisors(LayerContext layer, long features) {
    float[] divisors = new float[Math.toIntExact(features)];
    Arrays.fill(divisors, 1);
    for (int i = 0; i < parameters.channels().size(); i++) {
      divisors[parameters.channels().get(i)] = (float) (1 / parameters.factors().get(i));
    }
    return layer.scope().create(divisors);
  }
}
