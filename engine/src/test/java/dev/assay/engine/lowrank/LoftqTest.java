package dev.assay.engine.lowrank;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import org.junit.jupiter.api.Test;

/** What holds of codes and products that are found in turn. */
class LoftqTest extends TorchTest {
  @Test
  void findingThemMoreOftenBringsThemNearer() {
    NDArray w = scope.randomNormal(0, 0.05f, new Shape(64, 96), DataType.FLOAT32);
    double before = Double.POSITIVE_INFINITY;
    for (int iterations : new int[] {1, 2, 5}) {
      double error = error(w, 8, iterations);
      assertThat(error).isLessThan(before);
      before = error;
    }
  }

  @Test
  void ofFullRankNothingIsLost() {
    NDArray w = scope.randomNormal(0, 0.05f, new Shape(32, 64), DataType.FLOAT32);
    assertThat(error(w, 32, 1)).isLessThan(1e-9);
  }

  private double error(NDArray w, int rank, int iterations) {
    NDArray found =
        LoftqMethod.of(torch, scope, w, new LoftqParameters(rank, iterations, 64), DType.FLOAT32)
            .dequantize(torch, scope);
    return found.sub(w).square().sum().getFloat();
  }
}
