package dev.assay.engine.hadamard;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;

/** Products with Hadamard matrices of many sizes, and random ones. */
public final class HadamardCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    double limit = golden.tolerance("abs");
    for (JsonNode size : golden.parameter("sizes")) {
      HadamardMatrix matrix = HadamardMatrix.of(size.intValue());
      assertThat(matrix.order())
          .isEqualTo(golden.parameter("K_of_size").path(size.asText()).intValue());
      NDArray x = golden.tensor(scope, "x_" + size).toType(DataType.FLOAT64, true);
      close(matrix.multiply(torch, scope, x, 1), golden.tensor(scope, "y_" + size), limit);
      // The other one is its inverse.
      NDArray other = golden.tensor(scope, "yt_" + size).toType(DataType.FLOAT64, true);
      close(matrix.multiply(torch, scope, other, 1), x, limit);
      NDArray base = matrix.base(torch, scope);
      double off =
          base.matMul(base.transpose())
              .sub(scope.eye(matrix.order()).mul(matrix.order()))
              .abs()
              .max()
              .getFloat();
      assertThat(off).isEqualTo(golden.scalar("orthogonality_max_abs"));
    }
    for (String name : golden.tensors("signs_")) {
      int size = Integer.parseInt(name.substring("signs_".length()));
      NDArray signs = golden.tensor(scope, name).toType(DataType.FLOAT64, true);
      NDArray rows = scope.eye(size).toType(DataType.FLOAT64, true).mul(signs);
      close(
          HadamardMatrix.of(size).multiply(torch, scope, rows, 1),
          golden.tensor(scope, "Q_" + size),
          golden.tolerance("Q_abs"));
    }
  }

  private static void close(NDArray found, NDArray golden, double limit) {
    assertThat(Agreement.of(found, golden).greatestDifference()).isLessThanOrEqualTo(limit);
  }
}
