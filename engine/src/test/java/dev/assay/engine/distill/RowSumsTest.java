package dev.assay.engine.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses of logits that do not fit into one part, against softmaxes of all of them. */
class RowSumsTest extends TorchTest {
  /** Of which four rows go together. */
  private static final int VOCABULARY = 60_000;

  private static final int ROWS = 14;

  /** Rows 4 to 7 have none, nor has the padding at the end. */
  private static final long[] LABELS = {
    3, 59_999, -100, 7, -100, -100, -100, -100, 1, 2, 40_000, -100, 9, 11
  };

  private static final long[] MASK = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};
  private static final ModelSizes SIZES = new ModelSizes(4, 6, VOCABULARY, 2, 8, 8, 8);

  private NDArray normal(long seed) {
    Random random = new Random(seed);
    float[] values = new float[ROWS * VOCABULARY];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 2;
    }
    return scope.create(values, new Shape(1, ROWS, VOCABULARY)).duplicate();
  }

  private static boolean isScored(int row) {
    return MASK[row] != 0 && LABELS[row] != -100;
  }

  @ParameterizedTest
  @CsvSource({"cross-entropy, 0", "forward-kl, 1", "'hinton: {temperature: 1, alpha: 0.4}', 0.4"})
  void gradientsOfAllPartsAreThoseOfSoftmaxes(String yaml, double soft) {
    NDArray student = normal(1);
    NDArray teacher = normal(2);
    Shape shape = new Shape(1, ROWS);
    Sample sample =
        new Sample(scope.create(MASK, shape), scope.create(LABELS, shape)).logits(student, teacher);
    NDArray q = student.softmax(-1);
    NDArray p = teacher.softmax(-1);
    float[] own = q.toFloatArray();
    float[] others = p.toFloatArray();
    long scored = IntStream.range(0, ROWS).filter(RowSumsTest::isScored).count();
    double expected = 0;
    double[] wanted = new double[own.length];
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; isScored(row) && i < VOCABULARY; i++) {
        int at = row * VOCABULARY + i;
        double label = i == LABELS[row] ? 1 : 0;
        wanted[at] = (soft * (own[at] - others[at]) + (1 - soft) * (own[at] - label)) / scored;
        expected +=
            (soft * others[at] * (Math.log(others[at]) - Math.log(own[at]))
                    - (1 - soft) * label * Math.log(own[at]))
                / scored;
      }
    }
    LossTerm term = Scene.read(yaml);
    try (Bench bench =
        new Bench(scope, term.module(new TermBuild(scope, SIZES, List.of(SIZES), 3)))) {
      Bench.Found found = bench.run(sample);
      assertThat(found.loss()).isCloseTo(expected, within(1e-4 * expected));
      float[] gradient = found.gradient(sample.parts().get(0).name()).toFloatArray();
      double off = 0;
      for (int i = 0; i < gradient.length; i++) {
        off = Math.max(off, Math.abs(gradient[i] - wanted[i]));
      }
      assertThat(off).isLessThan(1e-6);
    }
  }
}
