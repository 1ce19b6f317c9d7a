package dev.assay.engine.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.Tensors;
import org.junit.jupiter.api.Test;

class AccumulatorTest extends TorchTest {
  @Test
  void normsMeansAndMaximaOfAFewNumbers() {
    NDArray first = Tensors.of(scope, new float[] {1, -2, 3, 0}, 2, 2);
    NDArray second = Tensors.of(scope, new float[] {-5, 0}, 1, 2);
    try (InputNormAccumulator norm = new InputNormAccumulator(torch, 2);
        InputMeanAbsAccumulator mean = new InputMeanAbsAccumulator(torch, 2);
        InputAbsmaxAccumulator max = new InputAbsmaxAccumulator(torch, 2)) {
      for (InputAccumulator each : new InputAccumulator[] {norm, mean, max}) {
        each.add(first);
        each.add(second);
      }

      assertThat(norm.squaredNorms().toFloatArray()).containsExactly(35 / 2f, 2);
      assertThat(mean.meanAbs(scope).toFloatArray()[0]).isCloseTo(3, within(1e-6f));
      assertThat(mean.meanAbs(scope).toFloatArray()[1]).isCloseTo(2 / 3f, within(1e-6f));
      assertThat(max.absmax().toFloatArray()).containsExactly(5, 2);
    }
  }

  @Test
  void samplesAreEvenlySpacedAcrossBatches() {
    try (TokenSampleAccumulator samples = new TokenSampleAccumulator(torch, 1, 10, 4)) {
      samples.add(Tensors.of(scope, new float[] {0, 1, 2}, 3, 1));
      samples.add(Tensors.of(scope, new float[] {3}, 1, 1));
      samples.add(Tensors.of(scope, new float[] {4, 5, 6, 7, 8, 9}, 2, 3, 1));

      assertThat(samples.samples(scope).toFloatArray()).containsExactly(0, 2, 4, 6, 8);
    }
  }

  @Test
  void refusesInputsOfAnotherWidth() {
    try (HessianAccumulator hessian = new HessianAccumulator(torch, 3)) {
      assertThatThrownBy(() -> hessian.add(scope.ones(new Shape(2, 4))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("inputs: found (2, 4), expected [tokens, 3] or [sequences, tokens, 3]");
      assertThatThrownBy(hessian::hessian)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no calibration input was added");
    }
  }
}
