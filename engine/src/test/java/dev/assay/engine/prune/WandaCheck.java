package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.InputNormAccumulator;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;

/** Wanda on one weight, with the norms of its inputs. */
public final class WandaCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");
    NDArray x = golden.input(scope, "X");
    int sequences = golden.parameter("nsamples").intValue();
    long tokens = x.getShape().get(0) / sequences;
    try (InputNormAccumulator norms = new InputNormAccumulator(torch, x.getShape().get(1))) {
      for (int sequence = 0; sequence < sequences; sequence++) {
        norms.add(torch.tensors().rows(scope, x, sequence * tokens, (sequence + 1) * tokens));
      }
      NDArray squared = norms.squaredNorms();
      assertThat(
              Agreement.of(squared, golden.tensor(scope, "scaler_row"))
                  .greatestRelativeDifference())
          .isLessThanOrEqualTo(golden.tolerance("scaler_row_rel"));

      Sparsity sparsity = PruningAgreement.sparsity(golden);
      PruningAgreement.check(
          golden, scope, w, WandaPruner.prune(torch, scope, w, squared, sparsity));
    }
  }
}
