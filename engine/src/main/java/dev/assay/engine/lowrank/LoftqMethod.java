package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.quantize.WholeLinears;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.AddedWeight;
import dev.assay.engine.weight.Codebook;
import dev.assay.engine.weight.CodebookWeight;
import dev.assay.engine.weight.LowRankWeight;
import java.util.Optional;

/** Stores every linear of a layer as NF4 codes and a product beside them, found in turn. */
final class LoftqMethod implements LayerwiseMethod {
  private static final double BITS = 4;

  private final LoftqParameters parameters;

  LoftqMethod(LoftqParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public double storedBits(DType source) {
    return BITS + (double) Float.SIZE / parameters.blockSize();
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public Optional<String> ownOnly() {
    return Optional.of(
        "products of a low rank stand beside the weights, for which no published layout has words");
  }

  @Override
  public boolean putsBeside() {
    return true;
  }

  /** Those of a factoring, and what is left of the weight. */
  @Override
  public int copies() {
    return 16;
  }

  @Override
  public Optional<String> misfit(long out, long in) {
    return LowRankSolver.misfit(parameters.rank(), out, in);
  }

  @Override
  public void compress(LayerContext layer) {
    WholeLinears.each(layer, (linear, weight) -> quantize(layer, linear, weight));
  }

  private void quantize(LayerContext layer, String linear, NDArray weight) {
    DType type = layer.storedType(linear);
    AddedWeight found = of(layer.torch(), layer.scope(), weight, parameters, type);
    LowRankWeight product = found.addend().narrowed(layer.torch(), layer.scope(), type);
    layer.store(linear, new AddedWeight(found.base(), product), null);
  }

  /**
   * Codes and a product in float32.
   *
   * @param weight float32 [out, in]
   * @param type that it was stored in
   */
  static AddedWeight of(
      TorchSession torch, NDManager owner, NDArray weight, LoftqParameters parameters, DType type) {
    NDArray left = weight;
    for (int i = 1; i < parameters.iterations(); i++) {
      NDArray next;
      try (NDManager scope = owner.newSubManager()) {
        CodebookWeight codes = codes(torch, scope, left, parameters, type);
        next =
            weight.sub(product(torch, scope, weight, codes, parameters).dequantize(torch, scope));
        next.attach(owner);
      }
      if (left != weight) {
        left.close();
      }
      left = next;
    }
    CodebookWeight codes = codes(torch, owner, left, parameters, type);
    if (left != weight) {
      left.close();
    }
    return new AddedWeight(codes, product(torch, owner, weight, codes, parameters));
  }

  private static CodebookWeight codes(
      TorchSession torch, NDManager owner, NDArray left, LoftqParameters parameters, DType type) {
    return CodebookWeight.quantize(
        torch, owner, left, Codebook.NF4, parameters.blockSize(), 0, type);
  }

  /** Of what the codes leave. */
  private static LowRankWeight product(
      TorchSession torch,
      NDManager owner,
      NDArray weight,
      CodebookWeight codes,
      LoftqParameters parameters) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray error = weight.sub(codes.dequantize(torch, scope));
      error.attach(scope);
      return new LowRankSolver(torch).plain(owner, error, parameters.rank());
    }
  }
}
