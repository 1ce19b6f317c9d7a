package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.W8A8Parameters.Activations;
import dev.assay.engine.quantize.W8A8Parameters.Weights;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StaticInput;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rounds the weights and the inputs of every linear to 8 bits. */
final class W8A8Method implements LayerwiseMethod {
  private static final int BITS = 8;

  private final W8A8Parameters parameters;

  W8A8Method(W8A8Parameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean roundsInputs() {
    return true;
  }

  @Override
  public Set<Statistic> statistics() {
    return parameters.activations() == Activations.TENSOR ? Set.of(Statistic.RANGES) : Set.of();
  }

  @Override
  public double storedBits(DType source) {
    return BITS;
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(form());
  }

  private static GridForm form() {
    return new GridForm(BITS, GridForm.PER_CHANNEL, true, true, GridForm.Layout.COMPRESSED_TENSORS);
  }

  @Override
  public void compress(LayerContext layer) {
    // All ranges are those of inputs that are not rounded yet.
    Map<LinearGroup, InputScheme> schemes = new LinkedHashMap<>();
    layer.layout().groups().forEach(group -> schemes.put(group, scheme(layer, group)));
    for (Map.Entry<LinearGroup, InputScheme> entry : schemes.entrySet()) {
      List<String> linears = entry.getKey().linears();
      EachLinear.store(
          layer,
          linears.stream(),
          (scope, weight) -> quantize(layer.torch(), scope, weight, parameters));
      linears.forEach(linear -> layer.treatInput(linear, entry.getValue()));
    }
  }

  private InputScheme scheme(LayerContext layer, LinearGroup group) {
    IntegerRule rule = parameters.rule().grids();
    PerTokenInput token = new PerTokenInput(BITS, parameters.symmetric(), rule);
    if (parameters.activations() == Activations.TOKEN) {
      return token;
    }
    return CalibratedRange.of(layer, group)
        .<InputScheme>map(
            range ->
                StaticInput.between(
                    BITS, range.least(), range.greatest(), parameters.symmetric(), rule))
        .orElse(token);
  }

  /**
   * The nearest codes of a weight on symmetric grids.
   *
   * @param weight float32 [out, in]
   */
  static QuantizedWeight quantize(
      TorchSession torch, NDManager owner, NDArray weight, W8A8Parameters parameters) {
    TensorChecks.finite(torch, "weight", weight);
    List<NDArray> rounded =
        torch
            .script(W8A8Method.class, "w8a8.py")
            .callForList(owner, method(parameters), weight, parameters.weights() == Weights.TENSOR);
    return QuantizedWeight.inOrder(owner, rounded.get(0), rounded.get(1), rounded.get(2), form());
  }

  private static String method(W8A8Parameters parameters) {
    return switch (parameters.rule()) {
      case SMOOTHQUANT -> "quantize";
      case COMPRESSED_TENSORS -> "quantize_divided";
      case TORCHAO -> "quantize_multiplied";
    };
  }
}
