package dev.assay.engine.weight.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/** Compressed sparse rows by libtorch, and what they multiply to. */
public final class CsrCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray dense = golden.tensor(scope, "dense");
    assertThat(golden.rule("indices")).isEqualTo("exact");

    CsrWeight found = CsrWeight.of(torch, scope, dense);

    Bits.assertSame(torch, "offsets", found.offsets(), golden.tensor(scope, "crow"));
    Bits.assertSame(torch, "columns", found.columns(), golden.tensor(scope, "col"));
    Bits.assertSame(torch, "values", found.values(), golden.tensor(scope, "values"));
    CsrWeight read =
        new CsrWeight(
            golden.tensor(scope, "values"),
            golden.tensor(scope, "col"),
            golden.tensor(scope, "crow"),
            dense.getShape().get(1),
            DType.FLOAT32);
    Bits.assertSame(torch, "the weight again", read.whole(torch, scope), dense);
    NDArray products = golden.tensor(scope, "x").matMul(read.dequantize(torch, scope).transpose());
    assertThat(products.sub(golden.tensor(scope, "y")).abs().max().getFloat())
        .isLessThanOrEqualTo((float) golden.tolerance("y_abs"));
  }
}
