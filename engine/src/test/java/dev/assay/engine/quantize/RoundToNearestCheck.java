package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.OutputError;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;

/** Round to nearest on one weight. */
public final class RoundToNearestCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");

    QuantizedWeight rounded =
        RoundToNearest.quantize(
            torch,
            scope,
            w,
            golden.parameter("bits").intValue(),
            golden.parameter("groupsize").intValue(),
            golden.parameter("sym").booleanValue(),
            golden.parameter("mse").booleanValue());

    NDArray dequantized = rounded.dequantize(torch, scope);
    QuantizedAgreement.check(golden, scope, rounded, dequantized);
    OutputError.check(golden, scope, dequantized);
  }
}
