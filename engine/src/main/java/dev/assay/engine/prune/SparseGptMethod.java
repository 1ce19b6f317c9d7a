package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.InverseHessian;
import dev.assay.engine.quantize.NotPositiveDefiniteException;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes SparseGPT through the linears of a layer; on a grid where it quantizes jointly. */
final class SparseGptMethod implements LayerwiseMethod {
  private final SparseGptParameters parameters;
  private final LayerBudgets budgets;

  SparseGptMethod(SparseGptParameters parameters, LayerBudgets budgets) {
    this.parameters = parameters;
    this.budgets = budgets;
  }

  /** The method of a stage. */
  static CompressionMethod of(SparseGptParameters parameters) {
    return parameters
        .shares()
        .method(
            parameters.of(),
            parameters.sparsity(),
            (sparsity, budgets) -> new SparseGptMethod(parameters.with(sparsity), budgets));
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of(Statistic.HESSIAN);
  }

  @Override
  public double storedBits(DType source) {
    SparseGptParameters.JointQuantization joint = parameters.quantization();
    return joint == null
        ? storedType(source).bytes() * 8.0
        : GridForm.bitsPerWeight(joint.bits(), GridForm.PER_CHANNEL);
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.ofNullable(parameters.quantization())
        .map(
            joint ->
                GridForm.published(joint.bits(), GridForm.PER_CHANNEL, joint.symmetric(), true));
  }

  @Override
  public Optional<String> misfit(long out, long in) {
    return parameters.sparsity().misfit(in);
  }

  @Override
  public void compress(LayerContext layer) {
    SparseGptSolver solver =
        new SparseGptSolver(layer.torch(), parameters.with(budgets.of(layer.position())));
    for (LinearGroup group : layer.layout().groups()) {
      GroupStatistics statistics = layer.statistics(group);
      Optional<String> tooFew = statistics.tooFew();
      for (List<String> linears : layer.layout().storedTogether(group)) {
        try (NDManager scope = layer.scope().newSubManager()) {
          if (tooFew.isPresent()) {
            byMagnitude(layer, scope, linears, tooFew.get());
            continue;
          }
          SparseGptResult result;
          try {
            result = solver.solve(scope, layer.weights(scope, linears), statistics.hessian());
          } catch (NotPositiveDefiniteException e) {
            byMagnitude(layer, scope, linears, String.valueOf(e.getMessage()));
            continue;
          }
          InverseHessian.raised(parameters.dampPercent(), result.damping())
              .ifPresent(instead -> layer.substitute(linears, instead));
          if (result.quantized() == null) {
            layer.storeDense(
                linears,
                parameters.refit() == Refit.LEAST_SQUARES
                    ? refitted(layer, scope, statistics, linears, result)
                    : result.weight(),
                result.note());
          } else {
            layer.storeQuantized(linears, result.quantized(), result.note());
          }
        }
      }
    }
  }

  private static NDArray refitted(
      LayerContext layer,
      NDManager scope,
      GroupStatistics statistics,
      List<String> linears,
      SparseGptResult result) {
    return MaskRecovery.recover(
        layer.torch(),
        scope,
        layer.weights(scope, linears),
        new PrunedWeight(result.weight(), result.mask()),
        statistics.hessian(),
        MaskRecovery.RIDGE);
  }

  private void byMagnitude(LayerContext layer, NDManager scope, List<String> linears, String why) {
    PrunedWeight pruned =
        MagnitudePruner.prune(
            layer.torch(), scope, layer.weights(scope, linears), budgets.of(layer.position()));
    SparseGptParameters.JointQuantization joint = parameters.quantization();
    if (joint == null) {
      layer.storeDense(linears, pruned.weight(), "pruned by magnitude: " + why);
    } else {
      UniformGrid grid =
          new UniformGrid(joint.bits(), GridForm.PER_CHANNEL, joint.symmetric(), false);
      layer.storeQuantized(
          linears,
          RoundToNearest.quantize(layer.torch(), scope, pruned.weight(), grid),
          RoundToNearest.note(
              layer.torch(),
              pruned.weight(),
              grid,
              Optional.of("pruned by magnitude and rounded to nearest: " + why)));
    }
  }
}
