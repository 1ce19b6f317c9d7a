package dev.assay.engine.quantize;

import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.weight.ClippedInput;
import dev.assay.engine.weight.InputScheme;
import java.util.Optional;

/** Lets every linear read its input rounded to few bits; the weights stay as they are. */
final class RoundInputsMethod implements LayerwiseMethod {
  private final InputScheme scheme;
  private final int groupSize;

  RoundInputsMethod(RoundInputsParameters parameters) {
    this.scheme =
        new ClippedInput(
            parameters.bits(), parameters.symmetric(), parameters.clip(), parameters.groupSize());
    this.groupSize = parameters.groupSize();
  }

  @Override
  public boolean roundsInputs() {
    return true;
  }

  @Override
  public Optional<String> misfit(long outFeatures, long inFeatures) {
    return groupSize > 0 && inFeatures % groupSize != 0
        ? Optional.of(
            "found groups of "
                + groupSize
                + " features, expected a divisor of the input's width, "
                + inFeatures)
        : Optional.empty();
  }

  @Override
  public void compress(LayerContext layer) {
    layer.layout().linears().forEach(linear -> layer.treatInput(linear, scheme));
  }
}
