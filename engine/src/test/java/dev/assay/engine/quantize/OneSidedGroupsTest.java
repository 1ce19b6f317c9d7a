package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.SparseGptParameters.JointQuantization;
import dev.assay.engine.prune.SparseGptSolver;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import org.junit.jupiter.api.Test;

/** Groups of one sign on grids that leave codes unused for them are counted and noted. */
class OneSidedGroupsTest extends TorchTest {
  /** Groups of four: positive, negative, mixed, zeros; then two that touch 0, a mixed short one. */
  private static final float[] ROWS = {
    1, 2, 3, 4, -1, -2, -3, -4, -1, 2, -3, 4, 0, 0, 0, 0, 1, -1, //
    0, 1, 2, 3, 0, -1, -2, -3, -1, 2, -3, 4, 5, 5, 5, 5, 2, 1
  };

  private NDArray weight() {
    return scope.create(ROWS, new Shape(2, 18));
  }

  @Test
  void symmetricGridsHaveHalfTheirCodesForThem() {
    assertThat(new UniformGrid(4, 4, true, false).oneSided(torch, weight())).isEqualTo(6);
    assertThat(new UniformGrid(4, 4, true, true).oneSided(torch, weight())).isEqualTo(6);
    assertThat(new UniformGrid(4, -1, true, false).oneSided(torch, weight())).isZero();
    NDArray positive = scope.create(new float[] {1, 2, 3, 4}, new Shape(1, 4));
    QuantizedWeight rounded =
        RoundToNearest.quantize(torch, scope, positive, 4, GridForm.PER_CHANNEL, true, false);
    // The published grid keeps 0 as its lower end: scale 4/15, the middle code 8 is 0.
    assertThat(rounded.codes().toByteArray()).containsExactly(12, 15, 15, 15);
  }

  @Test
  void asymmetricGridsHaveAllOfThem() {
    assertThat(new UniformGrid(4, 4, false, false).oneSided(torch, weight())).isZero();
  }

  @Test
  void onAwqsGridOnlyGroupsBesideZeroLoseCodes() {
    assertThat(new AwqGrid(4, 4).oneSided(torch, weight())).isEqualTo(4);
    NDArray beside = scope.create(new float[] {4, 5, 6, 7}, new Shape(1, 4));
    QuantizedWeight rounded = new AwqGrid(4, 4).quantize(torch, scope, beside);
    // Scale 3/15 from 0 on: what lies beyond 3 is clipped to it.
    assertThat(rounded.codes().toByteArray()).containsExactly(15, 15, 15, 15);
  }

  @Test
  void whatIsSaid() {
    assertThat(OneSidedGroups.note(0, 10)).isEmpty();
    assertThat(OneSidedGroups.note(6, 10))
        .contains("6 of 10 groups hold one sign only, for which the grid leaves codes unused");
  }

  @Test
  void gptqCountsTheGroupsThatItFits() {
    NDArray hessian = scope.eye(16);
    NDArray weight = normal(3, 8, 16).abs();
    for (boolean fixed : new boolean[] {false, true}) {
      assertThat(solve(weight, hessian, true, fixed).note())
          .startsWith("32 of 32 groups hold one sign only");
      assertThat(solve(weight, hessian, false, fixed).note()).isNull();
      assertThat(solve(normal(3, 8, 16).mul(0), hessian, true, fixed).note()).isNull();
    }
  }

  private GptqResult solve(NDArray weight, NDArray hessian, boolean symmetric, boolean fixed) {
    return new GptqSolver(
            torch, new GptqParameters(4, 4, symmetric, true, fixed, false, 0.01, 128, false))
        .solve(scope, weight, hessian);
  }

  @Test
  void sparseGptCountsItsRows() {
    NDArray weight = normal(3, 8, 16).abs();
    SparseGptParameters parameters =
        new SparseGptParameters(Sparsity.parse("0.5"), 0.01, 128, new JointQuantization(4, true));
    assertThat(new SparseGptSolver(torch, parameters).solve(scope, weight, scope.eye(16)).note())
        .startsWith("8 of 8 groups hold one sign only");
  }
}
