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
import dev.assay.engine.quantize.outlier.BillmParameters.Metric;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.outlier.SignsWeight;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes BiLLM through the linears of a layer, all on the layer's original inputs. */
final class BillmMethod implements LayerwiseMethod {
  /** Numbers that a row has in each block. */
  private static final int LEVELS = 7;

  private final BillmParameters parameters;

  BillmMethod(BillmParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Set<Statistic> statistics() {
    return parameters.weightsAlone() ? Set.of() : Set.of(Statistic.HESSIAN);
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public double storedBits(DType source) {
    double level = source == DType.FLOAT32 ? Float.SIZE : Short.SIZE;
    return 2 + LEVELS * level / parameters.blockSize();
  }

  @Override
  public boolean roundsFactors() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    for (LinearGroup group : layer.layout().groups()) {
      Optional<GroupStatistics> statistics =
          parameters.weightsAlone() ? Optional.empty() : Optional.of(layer.statistics(group));
      Optional<String> tooFew = statistics.flatMap(GroupStatistics::tooFew);
      BillmSolver solver = new BillmSolver(layer.torch(), tooFew.isEmpty() ? parameters : alone());
      for (List<String> linears : layer.layout().storedTogether(group)) {
        try (NDManager scope = layer.scope().newSubManager()) {
          NDArray weight = layer.weights(scope, linears);
          NDArray hessian =
              statistics.isEmpty() || tooFew.isPresent() ? weight : statistics.get().hessian();
          Optional<String> why = tooFew;
          BillmSolver.Result result;
          try {
            result = solver.solve(scope, weight, hessian);
          } catch (NotPositiveDefiniteException e) {
            why = Optional.of(String.valueOf(e.getMessage()));
            result = new BillmSolver(layer.torch(), alone()).solve(scope, weight, weight);
          }
          InverseHessian.raised(parameters.dampPercent(), result.damping())
              .ifPresent(instead -> layer.substitute(linears, instead));
          store(
              layer,
              linears,
              result,
              why.map(reason -> "rounded by magnitude, without making up for errors: " + reason));
        }
      }
    }
  }

  /** The same of the weights alone. */
  private BillmParameters alone() {
    return new BillmParameters(
        Metric.MAGNITUDE,
        parameters.blockSize(),
        parameters.dampPercent(),
        false,
        parameters.salientColumns());
  }

  private static void store(
      LayerContext layer, List<String> linears, BillmSolver.Result result, Optional<String> why) {
    SignsWeight weight = result.weight();
    if (layer.storedType(linears.get(0)) != DType.FLOAT32) {
      weight = weight.narrowed(layer.torch(), layer.scope()).orElse(weight);
    }
    layer.store(linears, weight, Notes.joined(List.of(why, Optional.ofNullable(result.note()))));
  }
}
