package dev.assay.engine.microscale;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.Nvfp4Input;
import dev.assay.engine.weight.Nvfp4Weight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Rounds every linear of a layer to NVFP4. */
final class Nvfp4Method implements LayerwiseMethod {
  private static final double ELEMENT_BITS = 4;

  private final Nvfp4Parameters parameters;

  Nvfp4Method(Nvfp4Parameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean roundsInputs() {
    return parameters.activations();
  }

  @Override
  public Set<Statistic> statistics() {
    return parameters.activations() ? Set.of(Statistic.RANGES) : Set.of();
  }

  @Override
  public double storedBits(DType source) {
    return ELEMENT_BITS + (double) Byte.SIZE / Nvfp4Weight.BLOCK;
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public boolean inCompressedTensors() {
    return true;
  }

  @Override
  public boolean roundsFactors() {
    return !roundsInputs();
  }

  @Override
  public void compress(LayerContext layer) {
    // All ranges are those of inputs that are not rounded yet.
    Map<LinearGroup, InputScheme> schemes = new LinkedHashMap<>();
    if (parameters.activations()) {
      layer.layout().groups().forEach(group -> schemes.put(group, scheme(layer, group)));
    }
    layer.layout().groups().stream()
        .flatMap(group -> together(layer, group))
        .forEach(linears -> round(layer, linears));
    schemes.forEach(
        (group, scheme) -> group.linears().forEach(linear -> layer.treatInput(linear, scheme)));
  }

  private static InputScheme scheme(LayerContext layer, LinearGroup group) {
    GroupStatistics statistics = layer.statistics(group);
    // Of what calibration did not see nothing is known: block scales then reach to 448 themselves.
    Optional<String> tooFew = statistics.tooFew();
    tooFew.ifPresent(
        why ->
            layer.substitute(
                group.linears(),
                new Substitution("inputs under a calibrated number", "inputs under 1", why)));
    return tooFew.isPresent()
        ? new Nvfp4Input(1)
        : Nvfp4Input.reaching(statistics.range().magnitude());
  }

  /** What is stored as one weight has one number in any case. */
  private Stream<List<String>> together(LayerContext layer, LinearGroup group) {
    return parameters.shared()
        ? Stream.of(group.linears())
        : layer.layout().storedTogether(group).stream();
  }

  private void round(LayerContext layer, List<String> linears) {
    float greatest = 0;
    for (String linear : linears) {
      NDArray weight = layer.weight(linear);
      TensorChecks.finite(layer.torch(), "weight", weight);
      greatest = Math.max(greatest, greatest(weight));
    }
    for (String linear : linears) {
      NDArray weight = layer.weight(linear);
      layer.store(
          linear,
          Nvfp4Weight.quantize(layer.torch(), layer.scope(), weight, greatest, parameters.rule()),
          weight.getShape().get(1) % Nvfp4Weight.BLOCK == 0
              ? null
              : "read by Assay only: the last block is shorter than 16 inputs");
    }
  }

  private static float greatest(NDArray weight) {
    try (NDArray magnitudes = weight.abs();
        NDArray greatest = magnitudes.max()) {
      return greatest.getFloat();
    }
  }
}
