package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.Fp8Parameters.Activations;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.FloatInput;
import dev.assay.engine.weight.FloatRule;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.ScaledWeight;
import dev.assay.engine.weight.StaticFloatInput;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Rounds the weights of every linear of a layer, and its inputs if asked to, to floats of 8 bits.
 */
final class Fp8Method implements LayerwiseMethod {
  private final Fp8Parameters parameters;

  Fp8Method(Fp8Parameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public double storedBits(DType source) {
    return Byte.SIZE;
  }

  @Override
  public Set<Statistic> statistics() {
    return parameters.activations() == Activations.TENSOR ? Set.of(Statistic.RANGES) : Set.of();
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    Map<LinearGroup, InputScheme> schemes = new LinkedHashMap<>();
    layer.layout().groups().forEach(group -> schemes.put(group, scheme(layer, group)));
    weights(layer);
    schemes.forEach(
        (group, scheme) -> group.linears().forEach(linear -> layer.treatInput(linear, scheme)));
  }

  private InputScheme scheme(LayerContext layer, LinearGroup group) {
    FloatInput token = new FloatInput(DType.FLOAT8_E4M3, FloatRule.COMPRESSED_TENSORS);
    return switch (parameters.activations()) {
      case NONE -> layer.spec().linear(group.linears().get(0)).input();
      case TOKEN -> token;
      case GROUP -> new GroupedInput(parameters.groupSize(), token);
      case TENSOR -> {
        GroupStatistics statistics = layer.statistics(group);
        // Nothing is known of what calibration did not see.
        yield statistics.tooFew().isPresent()
            ? token
            : StaticFloatInput.reaching(DType.FLOAT8_E4M3, statistics.range().magnitude());
      }
    };
  }

  private void weights(LayerContext layer) {
    DType type =
        parameters.format() == Fp8Parameters.Format.E4M3 ? DType.FLOAT8_E4M3 : DType.FLOAT8_E5M2;
    layer
        .layout()
        .linears()
        .forEach(
            linear -> {
              NDArray weight = layer.weight(linear);
              TensorChecks.finite(layer.torch(), "weight", weight);
              layer.store(
                  linear,
                  ScaledWeight.quantize(
                      layer.torch(),
                      layer.scope(),
                      weight,
                      type,
                      parameters.share() == Fp8Parameters.Share.TENSOR),
                  null);
            });
  }
}
