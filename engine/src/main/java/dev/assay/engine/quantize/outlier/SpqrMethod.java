package dev.assay.engine.quantize.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.InverseHessian;
import dev.assay.engine.quantize.NotPositiveDefiniteException;
import dev.assay.engine.quantize.Notes;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.outlier.BilevelWeight;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes SpQR through the linears of a layer. */
final class SpqrMethod implements LayerwiseMethod {
  private final SpqrParameters parameters;

  SpqrMethod(SpqrParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of(Statistic.HESSIAN);
  }

  @Override
  public boolean rounds() {
    return true;
  }

  /** Outliers, of which there is no saying how many, left out. */
  @Override
  public double storedBits(DType source) {
    double number = source == DType.FLOAT32 ? Float.SIZE : Short.SIZE;
    double shared = 2 * number / parameters.numbersGroupSize();
    double scale = parameters.greatestScaleCode() == 0 ? number : parameters.scaleBits() + shared;
    double zero = parameters.greatestZeroCode() == 0 ? number : parameters.zeroBits() + shared;
    return parameters.groupSize() < 0
        ? parameters.bits()
        : parameters.bits() + (scale + zero) / parameters.groupSize();
  }

  @Override
  public boolean roundsFactors() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    SpqrSolver solver = new SpqrSolver(layer.torch(), parameters);
    for (LinearGroup group : layer.layout().groups()) {
      GroupStatistics statistics =
          parameters.trueSequential() ? layer.statisticsNow(group) : layer.statistics(group);
      Optional<String> tooFew = statistics.tooFew();
      for (List<String> linears : layer.layout().storedTogether(group)) {
        try (NDManager scope = layer.scope().newSubManager()) {
          NDArray weight = layer.weights(scope, linears);
          NDArray hessian = tooFew.isEmpty() ? statistics.hessian() : unrelated(scope, weight);
          Optional<String> why = tooFew;
          SpqrResult result;
          try {
            result = solver.solve(scope, weight, hessian);
          } catch (NotPositiveDefiniteException e) {
            why = Optional.of(String.valueOf(e.getMessage()));
            result = solver.solve(scope, weight, unrelated(scope, weight));
          }
          InverseHessian.raised(parameters.dampPercent(), result.damping())
              .ifPresent(instead -> layer.substitute(linears, instead));
          store(
              layer,
              linears,
              result,
              why.map(reason -> "rounded without making up for errors: " + reason));
        }
      }
    }
  }

  /** The Hessian of columns of which none can make up for another. */
  private static NDArray unrelated(NDManager scope, NDArray weight) {
    return scope.eye(Math.toIntExact(weight.getShape().get(1)));
  }

  private static void store(
      LayerContext layer, List<String> linears, SpqrResult result, Optional<String> why) {
    BilevelWeight weight = result.weight();
    Optional<String> wide = Optional.empty();
    if (layer.storedType(linears.get(0)) != DType.FLOAT32) {
      Optional<BilevelWeight> narrow = weight.narrowed(layer.torch(), layer.scope());
      weight = narrow.orElse(weight);
      wide =
          narrow.isPresent()
              ? Optional.empty()
              : Optional.of("scales, zeros and outliers in float32: beyond float16's range");
    }
    layer.store(
        linears, weight, Notes.joined(List.of(why, Optional.ofNullable(result.note()), wide)));
  }
}
