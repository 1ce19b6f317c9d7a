package dev.assay.engine.quantize;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Leaves every linear of a layer three values. */
final class TernaryMethod implements LayerwiseMethod {
  private static final double BITS = 2;

  private final TernaryParameters parameters;

  TernaryMethod(TernaryParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean roundsInputs() {
    return parameters.layout() == TernaryParameters.Layout.BITNET;
  }

  @Override
  public double storedBits(DType source) {
    return BITS;
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(FewLevels.ternaryForm(parameters.layout()));
  }

  @Override
  public boolean roundsFactors() {
    return !roundsInputs();
  }

  @Override
  public void compress(LayerContext layer) {
    boolean whole = parameters.layout() == TernaryParameters.Layout.BITNET;
    layer
        .layout()
        .groups()
        .forEach(
            group ->
                layer.layout().storedTogether(group).stream()
                    // One scale for what is stored as one weight, which BitNet's layout has.
                    .flatMap(linears -> whole ? Stream.of(linears) : linears.stream().map(List::of))
                    .forEach(linears -> quantize(layer, linears)));
  }

  private void quantize(LayerContext layer, List<String> linears) {
    try (NDManager scope = layer.scope().newSubManager()) {
      QuantizedWeight weight =
          FewLevels.ternary(
              layer.torch(),
              scope,
              layer.weights(scope, linears),
              parameters.rule(),
              parameters.share());
      layer.storeQuantized(linears, weight.as(FewLevels.ternaryForm(parameters.layout())), null);
    }
    if (parameters.layout() == TernaryParameters.Layout.BITNET) {
      // Loaders of BitNet's layout round inputs, and no key of theirs could say that it is not so.
      linears.forEach(linear -> layer.treatInput(linear, PerTokenInput.BITNET));
    }
  }
}
