package dev.assay.engine.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.quantize.NonFiniteValueException;
import dev.assay.engine.weight.LowRankWeight;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds of factors whatever the numbers. */
class LowRankSolverTest extends TorchTest {
  @ParameterizedTest
  @CsvSource({"12, 20", "20, 12", "16, 16", "1, 5", "5, 1"})
  void ofFullRankNothingIsLost(int out, int in) {
    NDArray w = normal(out, in);
    NDArray x = normal(64, in);
    long rank = Math.min(out, in);
    LowRankSolver solver = new LowRankSolver(torch);

    same(solver.plain(scope, w, rank), w);
    same(solver.scaled(scope, w, x.abs().mean(new int[] {0}).add(0.1f), rank), w);
    same(solver.whitened(scope, w, x.transpose().matMul(x), rank), w);
    same(solver.weighted(scope, w, normal(1, out).abs().add(0.1f).reshape(out), rank), w);
  }

  /** High and wide matrices go different ways. */
  @Test
  void aTransposedMatrixHasTheTransposedFactors() {
    NDArray w = normal(20, 12);
    LowRankSolver solver = new LowRankSolver(torch);

    NDArray high = product(solver.plain(scope, w, 5));
    NDArray wide = product(solver.plain(scope, w.transpose().duplicate(), 5));

    assertThat(high.sub(wide.transpose()).abs().max().getFloat()).isLessThan(1e-5f);
  }

  /** With second moments that are a multiple of one these are the same. */
  @Test
  void inputsThatCountAlikeAreAsNone() {
    NDArray w = normal(12, 20);
    LowRankSolver solver = new LowRankSolver(torch);
    NDArray plain = product(solver.plain(scope, w, 4));

    NDArray alike = product(solver.whitened(scope, w, scope.eye(20).mul(7f), 4));
    NDArray scaled = product(solver.scaled(scope, w, scope.full(new Shape(20), 3f), 4));

    assertThat(plain.sub(alike).abs().max().getFloat()).isLessThan(1e-5f);
    assertThat(plain.sub(scaled).abs().max().getFloat()).isLessThan(1e-5f);
  }

  /** Of all matrices of rank 1 none comes nearer, as a search finds. */
  @ParameterizedTest
  @CsvSource({"3, 2", "2, 3"})
  void noOtherOfItsRankIsNearer(int out, int in) {
    NDArray w = normal(out, in);
    NDArray x = normal(40, in);
    NDArray best = product(new LowRankSolver(torch).whitened(scope, w, x.transpose().matMul(x), 1));
    double error = Agreement.outputError(x, w, best);

    for (int attempt = 0; attempt < 300; attempt++) {
      // Near it and far from it.
      float step = attempt % 2 == 0 ? 0.05f : 1;
      LowRankWeight other =
          new LowRankSolver(torch).plain(scope, best.add(normal(out, in).mul(step)), 1);
      assertThat(Agreement.outputError(x, w, product(other)))
          .isGreaterThanOrEqualTo(error * 0.9999);
    }
  }

  @Test
  void silentInputsAndFewTokensDoNoHarm() {
    NDArray w = normal(24, 16);
    NDArray x = normal(6, 16);
    x.set(new NDIndex(":, 3"), 0);
    NDArray moments = x.transpose().matMul(x);
    LowRankSolver solver = new LowRankSolver(torch);

    LowRankWeight factors = solver.whitened(scope, w, moments, 6);

    assertThat(torch.tensors().isFinite(factors.up())).isTrue();
    assertThat(torch.tensors().isFinite(factors.down())).isTrue();
    // As many factors as tokens lose none of their outputs.
    assertThat(Agreement.outputError(x, w, product(factors)))
        .isCloseTo(0, within(1e-6 * Agreement.outputError(x, w, w.zerosLike())));
    assertThat(torch.tensors().isFinite(solver.updated(scope, w, factors, moments).up())).isTrue();
  }

  /** The weighted error is what is cut off of the weighted matrix, the least that there is. */
  @ParameterizedTest
  @CsvSource({"12, 20", "20, 12"})
  void weighedRowsLoseWhatIsCutOff(int out, int in) {
    NDArray w = normal(out, in);
    NDArray rows = normal(1, out).abs().reshape(out);
    NDArray weighed = w.mul(rows.reshape(-1, 1));
    LowRankSolver solver = new LowRankSolver(torch);

    NDArray error = w.sub(product(solver.weighted(scope, w, rows, 5))).mul(rows.reshape(-1, 1));
    NDArray least = weighed.sub(product(solver.plain(scope, weighed, 5)));

    float expected = least.square().sum().getFloat();
    assertThat(error.square().sum().getFloat()).isCloseTo(expected, within(1e-4f * expected));
  }

  /** They get what the factors of the others make of them. */
  @Test
  void rowsThatCountNothingAreProjected() {
    NDArray w = normal(12, 20);
    NDArray rows = normal(1, 12).abs().add(0.1f).reshape(12);
    rows.set(new NDIndex("3:5"), 0);
    LowRankSolver solver = new LowRankSolver(torch);

    NDArray found = product(solver.weighted(scope, w, rows, 4));
    rows.set(new NDIndex("3:5"), 1e-5f);
    NDArray nearly = product(solver.weighted(scope, w, rows, 4));

    assertThat(found.sub(nearly).abs().max().getFloat()).isLessThan(1e-4f);
    assertThat(found.get("3:5").abs().max().getFloat()).isGreaterThan(0.1f);
  }

  @Test
  void whatIsNoNumberIsRefused() {
    NDArray w = normal(4, 4);
    NDArray moments = scope.eye(4).mul(Float.POSITIVE_INFINITY);
    LowRankSolver solver = new LowRankSolver(torch);

    assertThatThrownBy(() -> solver.whitened(scope, w, moments, 2))
        .isInstanceOf(NonFiniteValueException.class)
        .hasMessageContaining("second moments");
    assertThatThrownBy(() -> solver.plain(scope, w, 5)).hasMessageContaining("rank 5");
    assertThatThrownBy(() -> solver.whitened(scope, w, scope.eye(3), 2))
        .hasMessageContaining("expected (4, 4)");
  }

  private static NDArray product(LowRankWeight factors) {
    return factors.up().matMul(factors.down());
  }

  private static void same(LowRankWeight factors, NDArray w) {
    assertThat(product(factors).sub(w).abs().max().getFloat()).isLessThan(2e-5f);
  }

  private NDArray normal(int rows, int columns) {
    return scope.randomNormal(0, 1, new Shape(rows, columns), DataType.FLOAT32);
  }
}
