package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.fixture.TorchTest;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which weights RIA takes. */
class RiaPrunerTest extends TorchTest {
  private static final int OUT = 4;
  private static final int IN = 8;

  private final Random random = new Random(7);

  private NDArray normal(Shape shape) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return scope.create(values, shape);
  }

  private NDArray squares() {
    return normal(new Shape(IN)).square();
  }

  /** The definition, weight by weight. */
  private static double[] byDefinition(float[] w, float[] squares, double a) {
    double[] rows = new double[OUT];
    double[] columns = new double[IN];
    for (int i = 0; i < w.length; i++) {
      rows[i / IN] += Math.abs(w[i]);
      columns[i % IN] += Math.abs(w[i]);
    }
    double[] score = new double[w.length];
    for (int i = 0; i < w.length; i++) {
      double shares = Math.abs(w[i]) / columns[i % IN] + Math.abs(w[i]) / rows[i / IN];
      score[i] = shares * Math.pow(Math.sqrt(squares[i % IN]), a);
    }
    return score;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void scoresAreThoseOfTheDefinition(double a) {
    NDArray w = normal(new Shape(OUT, IN));
    NDArray squares = squares();
    double[] expected = byDefinition(w.toFloatArray(), squares.toFloatArray(), a);

    float[] score = new RiaPruner(a).score(torch, scope, w, squares).toFloatArray();

    for (int i = 0; i < expected.length; i++) {
      assertThat((double) score[i]).isCloseTo(expected[i], within(1e-5));
    }
  }

  /** Of the whole matrix, whatever that takes of a row. */
  @Test
  void oneThresholdIsForAll() {
    NDArray w = normal(new Shape(OUT, IN));
    NDArray squares = squares();
    double[] score = byDefinition(w.toFloatArray(), squares.toFloatArray(), 0.5);
    double[] sorted = score.clone();
    Arrays.sort(sorted);

    PrunedWeight pruned =
        new RiaPruner(0.5).prune(torch, scope, w, squares, new Sparsity.Unstructured(0.5));

    byte[] gone = pruned.mask().toByteArray();
    for (int i = 0; i < gone.length; i++) {
      assertThat(gone[i] == 1).isEqualTo(score[i] <= sorted[score.length / 2]);
    }
    PruningAgreement.checkKept(w, pruned);
  }

  /** Neither a row nor the inputs count by how large all of them are. */
  @Test
  void scaleDoesNotCount() {
    NDArray w = normal(new Shape(OUT, IN));
    NDArray squares = squares();
    Sparsity pattern = new Sparsity.NofM(2, 4);
    RiaPruner pruner = new RiaPruner(0.5);

    NDArray mask = pruner.prune(torch, scope, w, squares, pattern).mask();

    assertThat(pruner.prune(torch, scope, w.mul(3), squares.mul(16), pattern).mask())
        .isEqualTo(mask);
    PruningAgreement.checkRuns(mask, pattern);
  }

  /** Zeros are no share of anything and go first; they make nothing else of no number. */
  @Test
  void zerosThroughoutGoFirst() {
    NDArray w =
        normal(new Shape(OUT, IN))
            .mul(scope.create(new float[] {1, 0, 1, 1}, new Shape(OUT, 1)))
            .mul(scope.create(new float[] {1, 1, 0, 1, 1, 1, 1, 1}));

    NDArray score = new RiaPruner(0.5).score(torch, scope, w, squares());
    assertThat(torch.tensors().isFinite(score)).isTrue();
    assertThat(score.get("1").max().getFloat()).isZero();
    assertThat(score.get(":, 2").max().getFloat()).isZero();

    PrunedWeight pruned =
        new RiaPruner(0.5).prune(torch, scope, w, squares(), new Sparsity.Unstructured(0.25));
    assertThat(pruned.weight()).isEqualTo(w);
  }

  @Test
  void whatIsNoNumberIsRefused() {
    NDArray w = normal(new Shape(OUT, IN));
    NDArray infinite = squares().div(0);
    Sparsity half = new Sparsity.Unstructured(0.5);

    assertThatThrownBy(() -> new RiaPruner(0.5).prune(torch, scope, w, infinite, half))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("squared input norms");
    NDArray other = normal(new Shape(IN + 1)).square();
    assertThatThrownBy(() -> new RiaPruner(0.5).prune(torch, scope, w, other, half))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("squared input norms");
    assertThatThrownBy(() -> new RiaParameters(half, -1, null, null, null, SparsityOf.LINEARS))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("a: ");
  }
}
