package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.InputNormAccumulator;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.AlgorithmCase;
import dev.assay.engine.fixture.TorchTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PruningFixtureTest extends TorchTest {
  static List<AlgorithmCase> wanda() {
    return AlgorithmCase.all("wanda");
  }

  static List<AlgorithmCase> magnitude() {
    return AlgorithmCase.all("magnitude");
  }

  @Test
  void everyCaseIsThere() {
    assertThat(wanda()).hasSize(3);
    assertThat(magnitude()).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("wanda")
  void wandaAgreesWithThePublishedCode(AlgorithmCase golden) {
    NDArray w = AlgorithmCase.input(scope, "W");
    try (InputNormAccumulator norms = new InputNormAccumulator(torch, 128)) {
      NDArray x = AlgorithmCase.input(scope, "X");
      for (int sequence = 0; sequence < 4; sequence++) {
        norms.add(torch.tensors().rows(scope, x, sequence * 128L, (sequence + 1) * 128L));
      }
      assertThat(
              Agreement.of(norms.squaredNorms(), golden.tensor(scope, "scaler_row"))
                  .greatestRelativeDifference())
          .isLessThanOrEqualTo(golden.tolerance("scaler_row_rel"));

      check(golden, w, WandaPruner.prune(torch, scope, w, norms.squaredNorms(), sparsity(golden)));
    }
  }

  @ParameterizedTest
  @MethodSource("magnitude")
  void magnitudeAgreesWithThePublishedCode(AlgorithmCase golden) {
    NDArray w = AlgorithmCase.input(scope, "W");

    check(golden, w, MagnitudePruner.prune(torch, scope, w, sparsity(golden)));
  }

  private void check(AlgorithmCase golden, NDArray w, PrunedWeight pruned) {
    NDArray mask = golden.tensor(scope, "mask");
    assertThat(Agreement.of(pruned.mask(), mask).equalFraction(0))
        .isGreaterThanOrEqualTo(golden.tolerance("mask_equal_fraction_min"));
    assertThat(count(pruned.mask())).isEqualTo((long) golden.scalar("pruned"));
    float[] before = w.toFloatArray();
    float[] after = pruned.weight().toFloatArray();
    byte[] gone = pruned.mask().toByteArray();
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isEqualTo(gone[i] == 1 ? 0f : before[i]);
    }
    assertThat(Agreement.outputError(AlgorithmCase.input(scope, "X"), w, pruned.weight()))
        .isCloseTo(
            golden.scalar("out_err"), withinPercentage(100 * golden.tolerance("out_err_rel")));
  }

  static long count(NDArray mask) {
    long pruned = 0;
    for (byte entry : mask.toByteArray()) {
      pruned += entry;
    }
    return pruned;
  }

  /** The sparsity of a case, whose {@code prunen} counts the weights that go. */
  static Sparsity sparsity(AlgorithmCase golden) {
    int gone = golden.parameter("prunen").intValue();
    int run = golden.parameter("prunem").intValue();
    return run == 0
        ? new Sparsity.Unstructured(golden.parameter("sparsity").doubleValue())
        : new Sparsity.NofM(run - gone, run);
  }
}
