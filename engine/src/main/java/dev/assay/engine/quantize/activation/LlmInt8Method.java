package dev.assay.engine.quantize.activation;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.activation.LlmInt8Parameters.OutlierWeights;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * LLM.int8() as bitsandbytes has it: weights, taken as float16, on a grid of 127 steps for each
 * row; inputs likewise for each token, but for features in which an input of the call is an
 * outlier.
 */
final class LlmInt8Method implements LayerwiseMethod {
  private final LlmInt8Parameters parameters;

  LlmInt8Method(LlmInt8Parameters parameters) {
    this.parameters = parameters;
  }

  private boolean keepsColumns() {
    return parameters.outlierWeights() == OutlierWeights.FULL && parameters.threshold() > 0;
  }

  @Override
  public boolean roundsInputs() {
    return true;
  }

  @Override
  public Set<Statistic> statistics() {
    return keepsColumns() ? Set.of(Statistic.GREATEST_MAGNITUDES) : Set.of();
  }

  @Override
  public double storedBits(DType source) {
    return Byte.SIZE;
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    // Outliers are those of inputs that are not rounded yet.
    Map<LinearGroup, int[]> columns = new LinkedHashMap<>();
    layer.layout().groups().forEach(group -> columns.put(group, columns(layer, group)));
    OutlierInput scheme = new OutlierInput(parameters.threshold(), parameters.halfInputs());
    columns.forEach(
        (group, apart) -> {
          group.linears().forEach(linear -> store(layer, linear, apart));
          group.linears().forEach(linear -> layer.treatInput(linear, scheme));
        });
  }

  private void store(LayerContext layer, String linear, int[] columns) {
    NDArray weight = layer.weight(linear);
    QuantizedWeight rounded = VectorwiseBytes.quantize(layer.torch(), layer.scope(), weight);
    if (columns.length == 0) {
      layer.store(linear, rounded, null);
    } else {
      layer.store(
          linear,
          ColumnsApartWeight.of(layer.torch(), layer.scope(), rounded, weight, columns),
          columns.length + " columns in float16");
    }
  }

  private int[] columns(LayerContext layer, LinearGroup group) {
    if (!keepsColumns()) {
      return new int[0];
    }
    GroupStatistics statistics = layer.statistics(group);
    statistics
        .tooFew()
        .ifPresent(
            why ->
                layer.substitute(
                    group.linears(),
                    new Substitution("outlier columns by calibration", "none kept", why)));
    return statistics.tooFew().isPresent()
        ? new int[0]
        : outliers(statistics.greatestMagnitudes().toFloatArray(), parameters.threshold());
  }

  /** The features whose greatest magnitude reaches a threshold. */
  static int[] outliers(float[] magnitudes, double threshold) {
    return IntStream.range(0, magnitudes.length)
        .filter(feature -> magnitudes[feature] >= threshold)
        .toArray();
  }
}
