package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.PlannedMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import java.util.List;
import java.util.Set;

/** Removes the weights of least magnitude of all linears together. */
final class GlobalMagnitudeMethod implements PlannedMethod {
  private final double ratio;
  private final Refitting refit;

  GlobalMagnitudeMethod(MagnitudeParameters parameters) {
    this.ratio = parameters.sparsity().ratio();
    this.refit = new Refitting(parameters.refit());
  }

  @Override
  public Set<Statistic> statistics() {
    return refit.statistics();
  }

  @Override
  public LayerwiseMethod plan(LayerSurvey survey) {
    return new UpTo(MagnitudeThreshold.find(survey, ratio), refit);
  }

  /** Removes what a threshold says. */
  private record UpTo(MagnitudeThreshold threshold, Refitting refit) implements LayerwiseMethod {
    @Override
    public Set<Statistic> statistics() {
      return refit.statistics();
    }

    @Override
    public void compress(LayerContext layer) {
      for (LinearGroup group : layer.layout().groups()) {
        for (List<String> linears : layer.layout().storedTogether(group)) {
          try (NDManager scope = layer.scope().newSubManager()) {
            NDArray weight = layer.weights(scope, linears);
            NDArray left =
                threshold.prune(layer.torch(), scope, weight, layer.position(), linears.get(0));
            PrunedWeight pruned = new PrunedWeight(left, left.eq(0));
            layer.storeDense(linears, refit.of(layer, scope, group, linears, weight, pruned), null);
          }
        }
      }
    }
  }
}
