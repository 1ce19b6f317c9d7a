package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptValue;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What linears do to their inputs, against the formulas in plain Java. */
class InputSchemeTest extends TorchTest {
  private static final int ROWS = 5;
  private static final int IN = 16;
  private static final int OUT = 6;

  /** A group of one number throughout, whose grid has no width. */
  @Test
  void aConstantGroupStaysAsItIs() {
    NDArray x = scope.create(new float[] {5, 5, 1, 2, -7, -7, 0, 0}, new Shape(2, 4));
    float[] found =
        RoundedInputs.of(torch, scope, new ClippedInput(4, false, 0.9, 2), x).toFloatArray();

    assertThat(new float[] {found[0], found[1], found[4], found[5], found[6], found[7]})
        .containsExactly(5, 5, -7, -7, 0, 0);
    assertThat(found[2]).isFinite();
  }

  private float[][] product(InputScheme scheme, NDArray x, NDArray weight) {
    LinearPreparer preparer = new LinearPreparer(torch, Execution.reference(torch.device()));
    LinearPreparer.Prepared prepared =
        preparer.prepare(
            scope,
            List.of(new DenseWeight(weight, DType.FLOAT32)),
            Collections.singletonList(null),
            List.of(scheme));
    RunnableLinear linear = prepared.parts().get(0);
    assertThat(linear.simulated()).isEqualTo(scheme.rounds());
    try (ScriptModule module = ScriptModule.load(scope, linear.module().object());
        ScriptValue tensors = ScriptValue.tensors(prefixed(prepared))) {
      module.run("load", tensors, "linear");
      return rows(module.call(scope, "forward", x));
    }
  }

  private static java.util.Map<String, NDArray> prefixed(LinearPreparer.Prepared prepared) {
    java.util.Map<String, NDArray> named = new java.util.HashMap<>();
    prepared.module().tensors().forEach((name, tensor) -> named.put("linear." + name, tensor));
    return named;
  }

  private static float[][] rows(NDArray matrix) {
    float[] flat = matrix.toFloatArray();
    int width = (int) matrix.getShape().get(1);
    float[][] rows = new float[flat.length / width][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = java.util.Arrays.copyOfRange(flat, i * width, (i + 1) * width);
    }
    return rows;
  }

  /** x Wᵀ in double precision. */
  private static double[][] times(double[][] x, float[][] weight) {
    double[][] y = new double[x.length][weight.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < weight.length; j++) {
        for (int k = 0; k < x[i].length; k++) {
          y[i][j] += x[i][k] * weight[j][k];
        }
      }
    }
    return y;
  }

  private static double[] rounded(float[] x, int bits, boolean symmetric) {
    double least = 0;
    double greatest = 0;
    for (float value : x) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    double[] rounded = new double[x.length];
    if (symmetric) {
      int top = (1 << (bits - 1)) - 1;
      float scale = (float) Math.max(-least, greatest) / top;
      for (int i = 0; i < x.length; i++) {
        rounded[i] = Math.max(-top, Math.min(top, Math.rint(x[i] / scale))) * scale;
      }
      return rounded;
    }
    int top = (1 << bits) - 1;
    float scale = ((float) greatest - (float) least) / top;
    double zero = Math.rint((float) -least / scale);
    for (int i = 0; i < x.length; i++) {
      double code = Math.max(0, Math.min(top, Math.rint(x[i] / scale) + zero));
      rounded[i] = (code - zero) * scale;
    }
    return rounded;
  }

  private static void assertClose(float[][] found, double[][] expected) {
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        assertThat((double) found[i][j]).isCloseTo(expected[i][j], within(1e-5));
      }
    }
  }

  @Test
  void tokensAreRoundedEachToItsOwnGrid() {
    NDArray x = normal(1, ROWS, IN);
    NDArray weight = normal(2, OUT, IN);
    for (boolean symmetric : new boolean[] {true, false}) {
      for (int bits : new int[] {3, 8}) {
        double[][] expected = new double[ROWS][];
        float[][] input = rows(x);
        for (int row = 0; row < ROWS; row++) {
          expected[row] = rounded(input[row], bits, symmetric);
        }
        assertClose(
            product(new PerTokenInput(bits, symmetric), x, weight), times(expected, rows(weight)));
      }
    }
  }

  @Test
  void aStaticGridIsTheSameForAll() {
    NDArray x = normal(3, ROWS, IN);
    NDArray weight = normal(4, OUT, IN);
    float scale = 0.11f;
    double[][] expected = new double[ROWS][IN];
    float[][] input = rows(x);
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < IN; i++) {
        double code = Math.max(0, Math.min(15, Math.rint(input[row][i] / scale) + 6));
        expected[row][i] = (code - 6) * scale;
      }
    }
    assertClose(product(new StaticInput(4, scale, 6), x, weight), times(expected, rows(weight)));
  }

  /** A weight that was turned by the same matrix makes up for the input's turn. */
  @Test
  void aTurnedInputMeetsATurnedWeight() {
    NDArray x = normal(5, ROWS, IN);
    NDArray weight = normal(6, OUT, IN);
    NDArray matrix = Hadamard.matrix(scope, torch, 8, DType.FLOAT32);
    NDArray turned = weight.reshape(OUT * 2, 8).matMul(matrix).reshape(OUT, IN);

    double[][] plain = new double[ROWS][IN];
    float[][] input = rows(x);
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < IN; i++) {
        plain[row][i] = input[row][i];
      }
    }
    assertClose(
        product(new RotatedInput(8, new PlainInput()), x, turned), times(plain, rows(weight)));
    assertThat(matrix.matMul(matrix).sub(scope.eye(8)).abs().max().getFloat()).isLessThan(1e-6f);
  }

  @Test
  void outliersAreLeftAlone() {
    NDArray x = normal(7, ROWS, IN);
    x.set(new ai.djl.ndarray.index.NDIndex(":, 3"), 50);
    NDArray weight = normal(8, OUT, IN);
    double[][] expected = new double[ROWS][];
    float[][] input = rows(x);
    for (int row = 0; row < ROWS; row++) {
      float kept = input[row][3];
      input[row][3] = 0;
      expected[row] = rounded(input[row], 4, true);
      expected[row][3] = kept;
    }
    InputScheme split = new SplitOutliersInput(List.of(3), new PerTokenInput(4, true));
    assertClose(product(split, x, weight), times(expected, rows(weight)));
  }
}
