package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Weights that are left make up for those that went. */
class MaskRecoveryTest extends TorchTest {
  private static final int OUT = 5;
  private static final int IN = 6;
  private static final int TOKENS = 40;

  private final Random random = new Random(3);

  private NDArray normal(int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return scope.create(values, new Shape(rows, columns));
  }

  private static double error(NDArray x, NDArray weight, NDArray other) {
    return x.matMul(weight.sub(other).transpose()).square().sum().getFloat();
  }

  /** No other values are better, and masked weights stay 0. */
  @Test
  void noOtherValuesAreBetter() {
    NDArray w = normal(OUT, IN);
    NDArray x = normal(TOKENS, IN).matMul(normal(IN, IN));
    PrunedWeight pruned =
        MagnitudePruner.pruneRows(torch, scope, w, new Sparsity.Unstructured(0.5));

    NDArray best = MaskRecovery.recover(torch, scope, w, pruned, moments(x), 0);

    assertThat(best.mul(pruned.mask().toType(best.getDataType(), false)).abs().max().getFloat())
        .isZero();
    double least = error(x, w, best);
    assertThat(least).isLessThan(error(x, w, pruned.weight()));
    float[] values = best.toFloatArray();
    for (int i = 0; i < values.length; i++) {
      for (float step : new float[] {-0.01f, 0.01f}) {
        if (values[i] != 0) {
          float[] moved = values.clone();
          moved[i] += step;
          assertThat(error(x, w, scope.create(moved, w.getShape()))).isGreaterThan(least);
        }
      }
    }
  }

  @Test
  void nothingPrunedIsNothingChanged() {
    NDArray w = normal(OUT, IN);
    PrunedWeight whole = new PrunedWeight(w, w.neq(w));

    NDArray same = MaskRecovery.recover(torch, scope, w, whole, moments(normal(TOKENS, IN)), 0);

    assertThat(same.sub(w).abs().max().getFloat()).isLessThan(1e-6f);
  }

  /** Inputs that were silent, and fewer tokens than inputs, do no harm. */
  @Test
  void silentInputsDoNoHarm() {
    NDArray w = normal(OUT, IN);
    NDArray x = normal(2, IN).mul(scope.create(new float[] {1, 1, 0, 1, 1, 1}));
    PrunedWeight pruned =
        MagnitudePruner.pruneRows(torch, scope, w, new Sparsity.Unstructured(0.34));

    NDArray left = MaskRecovery.recover(torch, scope, w, pruned, moments(x), MaskRecovery.RIDGE);

    assertThat(torch.tensors().isFinite(left)).isTrue();
    assertThat(error(x, w, left)).isLessThanOrEqualTo(error(x, w, pruned.weight()) + 1e-6);
    NDArray silent = left.get(":, 2").sub(pruned.weight().get(":, 2"));
    assertThat(silent.abs().max().getFloat()).isZero();
  }

  private NDArray moments(NDArray x) {
    return x.transpose().matMul(x);
  }
}
