package dev.assay.engine.microscale;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.MicroscaledInput;
import dev.assay.engine.weight.MicroscaledWeight;
import dev.assay.engine.weight.MicroscaledWeight.Rounding;
import org.jspecify.annotations.Nullable;

/**
 * Rounds every linear of a layer, and its input if asked to, to numbers of few bits in blocks under
 * powers of two.
 */
final class MxMethod implements LayerwiseMethod {
  private final Rounding rounding;
  private final boolean activations;

  MxMethod(Rounding rounding, boolean activations) {
    this.rounding = rounding;
    this.activations = activations;
  }

  @Override
  public boolean roundsInputs() {
    return activations;
  }

  @Override
  public double storedBits(DType source) {
    return rounding.element().bits() + (double) Byte.SIZE / MicroscaledWeight.BLOCK;
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public boolean inCompressedTensors() {
    return rounding.element().isPublished();
  }

  @Override
  public boolean roundsFactors() {
    return !roundsInputs();
  }

  @Override
  public void compress(LayerContext layer) {
    layer.layout().linears().forEach(linear -> round(layer, linear));
  }

  private void round(LayerContext layer, String linear) {
    NDArray weight = layer.weight(linear);
    TensorChecks.finite(layer.torch(), "weight", weight);
    layer.store(
        linear,
        MicroscaledWeight.quantize(layer.torch(), layer.scope(), weight, rounding),
        note(weight.getShape().get(1)));
    if (activations) {
      layer.treatInput(linear, new MicroscaledInput(rounding));
    }
  }

  private @Nullable String note(long in) {
    if (!rounding.element().isPublished()) {
      return "read by Assay only: compressed-tensors has no form of " + rounding.element().label();
    }
    return in % MicroscaledWeight.BLOCK == 0
        ? null
        : "read by Assay only: the last block of %d inputs is shorter than 32".formatted(in);
  }
}
