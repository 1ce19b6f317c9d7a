package dev.assay.engine.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.AddedWeight;
import dev.assay.engine.weight.Codebook;
import dev.assay.engine.weight.CodebookWeight;

/** Codes and a product of one weight, found in turn. */
public final class LoftqCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");
    NDArray x = golden.input(scope, "X").toType(DataType.FLOAT32, true);
    int blockSize = golden.parameter("blocksize").intValue();
    assertThat(golden.parameter("quant_type").asText()).isEqualTo("nf4");
    assertThat(golden.parameter("num_bits").intValue()).isEqualTo(4);
    assertThat(golden.parameter("compress_statistics").booleanValue()).isFalse();

    AddedWeight found =
        LoftqMethod.of(
            torch,
            scope,
            w,
            new LoftqParameters(
                golden.parameter("rank").intValue(),
                golden.parameter("num_iter").intValue(),
                blockSize),
            DType.FLOAT32);

    CodebookWeight once =
        CodebookWeight.quantize(torch, scope, w, Codebook.NF4, blockSize, 0, DType.FLOAT32);
    NDArray plain = once.dequantize(torch, scope);
    NDArray base = found.base().dequantize(torch, scope);
    NDArray theirs = golden.has("dequant") ? golden.tensor(scope, "dequant") : plain;
    NDArray equal = base.sub(theirs).abs().lte(golden.tolerance("dequant_equal_within"));
    assertThat(equal.toType(DataType.FLOAT32, true).mean().getFloat())
        .as("equal values")
        .isGreaterThanOrEqualTo((float) golden.tolerance("dequant_equal_fraction_min"));
    NDArray product = golden.tensor(scope, "lora_B").matMul(golden.tensor(scope, "lora_A"));
    NDArray off = found.addend().dequantize(torch, scope).sub(product).abs();
    assertThat((double) off.mul(equal.toType(DataType.FLOAT32, true)).max().getFloat())
        .as("product where values are equal")
        .isCloseTo(0, within(golden.tolerance("w_abs_where_equal")));

    NDArray whole = found.dequantize(torch, scope);
    near(golden, "fro_err_nf4_only", w.sub(plain).square().sum().getFloat());
    near(golden, "fro_err", w.sub(whole).square().sum().getFloat());
    near(golden, "out_err", Agreement.outputError(x, w, whole));
  }

  private static void near(GoldenCase golden, String scalar, double found) {
    assertThat(found)
        .as(scalar)
        .isCloseTo(golden.scalar(scalar), withinPercentage(100 * golden.tolerance("fro_err_rel")));
  }
}
