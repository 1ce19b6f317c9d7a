package dev.assay.engine.mixed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.TensorNames;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Measures, layer by layer, what each width does to the outputs of each linear: Σ(X(Wq − W)ᵀ)² /
 * Σ(XWᵀ)² over all calibration tokens, X as the uncompressed model has it. Changes nothing.
 */
final class OutputErrors implements LayerwiseMethod {
  private final TensorNames names;
  private final SortedSet<Integer> widths;
  private final WidthGrid grid;
  private final List<Sensitivity> measured = new ArrayList<>();

  OutputErrors(TensorNames names, SortedSet<Integer> widths, WidthGrid grid) {
    this.names = names;
    this.widths = widths;
    this.grid = grid;
  }

  List<Sensitivity> measured() {
    return List.copyOf(measured);
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of(Statistic.HESSIAN);
  }

  @Override
  public Propagation propagation() {
    return Propagation.ORIGINAL;
  }

  @Override
  public void compress(LayerContext layer) {
    for (LinearGroup group : layer.layout().groups()) {
      GroupStatistics statistics = layer.statisticsNow(group);
      for (List<String> linears : layer.layout().storedTogether(group)) {
        measured.add(measure(layer, linears, statistics));
      }
      layer.forgetStatistics();
    }
  }

  private Sensitivity measure(
      LayerContext layer, List<String> linears, GroupStatistics statistics) {
    ScriptModule errors = layer.torch().script(LayerContext.class, "errors.py");
    SortedMap<Integer, Double> costs = new TreeMap<>();
    try (NDManager scope = layer.scope().newSubManager()) {
      NDArray weight = layer.weights(scope, linears);
      for (int bits : widths) {
        try (NDManager each = scope.newSubManager()) {
          NDArray rounded = grid.rounded(layer.torch(), each, weight, bits);
          // An expert that no token reached is judged by its weights.
          costs.put(
              bits,
              statistics.tooFew().isPresent()
                  ? errors.callForDouble("weight_error", weight, rounded)
                  : errors.callForDouble("output_error", weight, rounded, statistics.hessian()));
        }
      }
      List<String> full = linears.stream().map(name -> names.inLayer(layer.index(), name)).toList();
      return new Sensitivity(
          new Item(full, weight.getShape().get(0), weight.getShape().get(1)), costs);
    }
  }
}
