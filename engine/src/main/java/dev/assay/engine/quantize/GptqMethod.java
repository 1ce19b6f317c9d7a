package dev.assay.engine.quantize;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import java.util.Optional;
import java.util.Set;

/**
 * Takes GPTQ through the linears of a layer. With true-sequential order the statistics of a group
 * are gathered after those before it have been compressed; otherwise all at once.
 */
final class GptqMethod implements LayerwiseMethod {
  private final GptqParameters parameters;

  GptqMethod(GptqParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of(Statistic.HESSIAN);
  }

  @Override
  public double storedBits(DType source) {
    return GridForm.bitsPerWeight(parameters.bits(), parameters.groupSize());
  }

  @Override
  public Optional<GridForm> grid() {
    boolean ordered =
        !parameters.actOrder()
            || parameters.staticGroups()
            || parameters.groupSize() == GridForm.PER_CHANNEL;
    return Optional.of(
        GridForm.published(
            parameters.bits(), parameters.groupSize(), parameters.symmetric(), ordered));
  }

  @Override
  public boolean roundsFactors() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    GptqSolver solver = new GptqSolver(layer.torch(), parameters);
    for (LinearGroup group : layer.layout().groups()) {
      GroupStatistics statistics =
          parameters.trueSequential() ? layer.statisticsNow(group) : layer.statistics(group);
      Optional<String> tooFew = statistics.tooFew();
      for (String linear : group.linears()) {
        if (tooFew.isPresent()) {
          RoundToNearest.store(layer, linear, parameters.uniformGrid(), tooFew);
          continue;
        }
        try (NDManager scope = layer.scope().newSubManager()) {
          GptqResult result = solver.solve(scope, layer.weight(linear), statistics.hessian());
          result
              .substitution(parameters.dampPercent())
              .ifPresent(instead -> layer.substitute(linear, instead));
          layer.storeQuantized(linear, result.weight(), result.note());
        }
      }
    }
  }
}
