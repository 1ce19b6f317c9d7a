package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
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
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.ScaleBlocks;
import dev.assay.engine.weight.ScaledWeight;
import dev.assay.engine.weight.StaticFloatInput;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
  public boolean roundsInputs() {
    return parameters.activations() != Activations.NONE;
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
  public boolean inCompressedTensors() {
    return parameters.format() == Fp8Parameters.Format.E4M3
        && parameters.layout() == Fp8Parameters.Layout.COMPRESSED_TENSORS;
  }

  @Override
  public boolean roundsFactors() {
    return !roundsInputs();
  }

  @Override
  public void compress(LayerContext layer) {
    Map<LinearGroup, InputScheme> schemes = new LinkedHashMap<>();
    if (parameters.activations() != Activations.NONE) {
      layer.layout().groups().forEach(group -> schemes.put(group, scheme(layer, group)));
    }
    layer.layout().linears().forEach(linear -> round(layer, linear));
    schemes.forEach(
        (group, scheme) -> group.linears().forEach(linear -> layer.treatInput(linear, scheme)));
  }

  private InputScheme scheme(LayerContext layer, LinearGroup group) {
    FloatInput token = new FloatInput(DType.FLOAT8_E4M3, FloatRule.COMPRESSED_TENSORS);
    return switch (parameters.activations()) {
      case NONE -> new PlainInput();
      case TOKEN -> token;
      case GROUP -> new GroupedInput(parameters.groupSize(), token);
      case TENSOR ->
          CalibratedRange.of(layer, group)
              .<InputScheme>map(
                  range -> StaticFloatInput.reaching(DType.FLOAT8_E4M3, range.magnitude()))
              .orElse(token);
    };
  }

  private void round(LayerContext layer, String linear) {
    NDArray weight = layer.weight(linear);
    Optional<String> obstacle = obstacle(layer, linear);
    if (obstacle.isPresent()) {
      layer.storeDense(linear, weight, "left as it is: " + obstacle.get());
      return;
    }
    TensorChecks.finite(layer.torch(), "weight", weight);
    layer.store(
        linear,
        ScaledWeight.quantize(
            layer.torch(),
            layer.scope(),
            weight,
            parameters.type(),
            parameters.blocks(),
            parameters.rule()),
        null);
  }

  /**
   * What keeps readers of {@code weight_scale_inv}, which divide weights by blocks, from a linear.
   */
  private Optional<String> obstacle(LayerContext layer, String linear) {
    if (parameters.layout() != Fp8Parameters.Layout.SCALE_INV) {
      return Optional.empty();
    }
    if (layer.layout().sharesTensor(linear)) {
      return Optional.of("weight_scale_inv has no place for rows of one weight with others");
    }
    long out = layer.weight(linear).getShape().get(0);
    long in = layer.weight(linear).getShape().get(1);
    ScaleBlocks blocks = parameters.blocks();
    return out % blocks.rows() == 0 && in % blocks.columns() == 0
        ? Optional.empty()
        : Optional.of(
            "%d outputs and %d inputs are no whole blocks of %d and %d"
                .formatted(out, in, blocks.rows(), blocks.columns()));
  }
}
