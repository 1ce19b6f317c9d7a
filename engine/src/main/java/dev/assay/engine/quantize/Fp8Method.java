package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.ScaledWeight;

/** Rounds every linear of a layer to floats of 8 bits. */
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
  public boolean rounds() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
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
