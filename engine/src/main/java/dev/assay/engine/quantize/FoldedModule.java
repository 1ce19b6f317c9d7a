package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.InspectedFolding;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.Inspected;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The module around a folding, with the inputs of its group. */
record FoldedModule(LayerContext layer, Folding folding, List<NDArray> inputs)
    implements InspectedModule {
  /** The scales that keep the outputs around a folding best, owned by the layer. */
  static AwqScales search(
      AwqParameters parameters,
      LayerContext layer,
      NDManager scope,
      Folding folding,
      GroupStatistics statistics) {
    AwqScales found =
        new AwqScaleSearch(layer.torch(), parameters)
            .search(
                scope,
                statistics.meanMagnitudes(),
                folding.linears().stream().map(layer::weight).toList(),
                new FoldedModule(layer, folding, statistics.inputs()));
    found.scales().attach(layer.scope());
    return found;
  }

  @Override
  public int batches() {
    return inputs.size();
  }

  @Override
  public Optional<List<NDArray>> linearInputs() {
    return folding.inspected() == Inspected.LINEARS ? Optional.of(inputs) : Optional.empty();
  }

  @Override
  public Bound bind(List<NDArray> weights) {
    Map<String, NDArray> replaced = new LinkedHashMap<>();
    for (int i = 0; i < weights.size(); i++) {
      replaced.put(folding.linears().get(i), weights.get(i));
    }
    InspectedFolding inspected = layer.inspect(folding, replaced, inputs);
    return new Bound() {
      @Override
      public NDArray output(NDManager owner, int batch) {
        return inspected.output(owner, batch);
      }

      @Override
      public void close() {
        inspected.close();
      }
    };
  }
}
