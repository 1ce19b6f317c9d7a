package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Codebook;
import dev.assay.engine.weight.CodebookWeight;

/** Rounds every linear of a layer to the nearest values of a table, as bitsandbytes does. */
final class CodebookMethod implements LayerwiseMethod {
  private static final double BITS = 4;

  private final Codebook table;
  private final CodebookParameters parameters;

  CodebookMethod(Codebook table, CodebookParameters parameters) {
    this.table = table;
    this.parameters = parameters;
  }

  @Override
  public double storedBits(DType source) {
    double scale =
        parameters.doubleQuantization()
            ? Byte.SIZE + (double) Float.SIZE / CodebookParameters.NESTED_BLOCK
            : Float.SIZE;
    return BITS + scale / parameters.blockSize();
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public boolean roundsFactors() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    WholeLinears.each(layer, (linear, weight) -> quantize(layer, linear, weight));
  }

  private void quantize(LayerContext layer, String linear, NDArray weight) {
    layer.store(
        linear,
        CodebookWeight.quantize(
            layer.torch(),
            layer.scope(),
            weight,
            table,
            parameters.blockSize(),
            parameters.nested(),
            layer.storedType(linear)),
        null);
  }
}
