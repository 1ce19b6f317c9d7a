package dev.assay.engine.quantize.activation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.quantize.activation.W4A8Parameters.Weights;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;
import java.util.Optional;

/** Rounds weights to 4 bits and inputs by token to 8, as torchao or QServe does. */
final class W4A8Method implements LayerwiseMethod {
  private static final int BITS = 4;

  private final W4A8Parameters parameters;

  W4A8Method(W4A8Parameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean roundsInputs() {
    return true;
  }

  @Override
  public double storedBits(DType source) {
    return GridForm.bitsPerWeight(BITS, form(parameters).groupSize());
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public Optional<GridForm> grid() {
    return parameters.weights().twoLevels() ? Optional.empty() : Optional.of(form(parameters));
  }

  private static GridForm form(W4A8Parameters parameters) {
    Weights weights = parameters.weights();
    boolean symmetric = weights == Weights.SYMMETRIC || weights == Weights.SYMMETRIC_NO_CLIPPING;
    int groupSize = weights == Weights.CHANNEL ? GridForm.PER_CHANNEL : parameters.groupSize();
    return new GridForm(BITS, groupSize, symmetric, true, GridForm.Layout.COMPRESSED_TENSORS);
  }

  @Override
  public void compress(LayerContext layer) {
    InputScheme scheme = input(parameters.weights());
    for (String linear : layer.layout().names()) {
      store(layer, linear);
      layer.treatInput(linear, scheme);
    }
  }

  private void store(LayerContext layer, String linear) {
    NDArray weight = layer.weight(linear);
    TensorChecks.finite(layer.torch(), "weight", weight);
    if (parameters.weights().twoLevels()) {
      layer.store(linear, twoLevels(layer.torch(), layer.scope(), weight, parameters), null);
    } else {
      layer.storeQuantized(linear, grid(layer.torch(), layer.scope(), weight, parameters), null);
    }
  }

  /** How inputs are rounded beside weights of a kind. */
  static InputScheme input(Weights weights) {
    return weights.torchao()
        ? new PerTokenInput(Byte.SIZE, false, IntegerRule.TORCHAO_FINE)
        : new PerTokenInput(Byte.SIZE, true, IntegerRule.QSERVE);
  }

  /**
   * The nearest codes on QServe's grids of two levels.
   *
   * @param weight float32 [out, in]
   */
  static TwoLevelWeight twoLevels(
      TorchSession torch, NDManager owner, NDArray weight, W4A8Parameters parameters) {
    List<NDArray> made =
        torch
            .script(W4A8Method.class, "w4a8.py")
            .callForList(
                owner,
                "two_levels",
                weight,
                (long) parameters.groupSize(),
                parameters.weights() == Weights.PRE_SCALE);
    return new TwoLevelWeight(
        made.get(0), made.get(1), made.get(2), made.get(3), parameters.groupSize());
  }

  /**
   * The nearest codes on a grid of one level.
   *
   * @param weight float32 [out, in]
   */
  static QuantizedWeight grid(
      TorchSession torch, NDManager owner, NDArray weight, W4A8Parameters parameters) {
    String method =
        switch (parameters.weights()) {
          case SYMMETRIC -> "symmetric";
          case SYMMETRIC_NO_CLIPPING -> "no_clipping";
          case ASYMMETRIC -> "asymmetric";
          case CHANNEL -> "channel";
          case PRE_SCALE, POST_SCALE ->
              throw new IllegalArgumentException("weights: found two levels, expected one");
        };
    List<NDArray> made =
        torch
            .script(W4A8Method.class, "w4a8.py")
            .callForList(owner, method, weight, (long) parameters.groupSize());
    return QuantizedWeight.inOrder(owner, made.get(0), made.get(1), made.get(2), form(parameters));
  }
}
