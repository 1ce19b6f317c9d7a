package dev.assay.engine.prune;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import java.util.Set;

/** Takes SparseGPT through the linears of a layer; on a grid where it quantizes jointly. */
final class SparseGptMethod implements CompressionMethod {
  private final SparseGptParameters parameters;

  SparseGptMethod(SparseGptParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of(Statistic.HESSIAN);
  }

  @Override
  public void compress(LayerContext layer) {
    SparseGptSolver solver = new SparseGptSolver(layer.torch(), parameters);
    for (LinearGroup group : layer.layout().groups()) {
      GroupStatistics statistics = layer.statistics(group);
      for (String linear : group.linears()) {
        SparseGptResult result =
            solver.solve(layer.scope(), layer.weight(linear), statistics.hessian());
        if (result.quantized() == null) {
          layer.storeDense(linear, result.weight(), result.note());
        } else {
          layer.storeQuantized(linear, result.quantized(), result.note());
        }
      }
    }
  }
}
