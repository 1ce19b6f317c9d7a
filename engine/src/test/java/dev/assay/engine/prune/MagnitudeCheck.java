package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;

/** Pruning by magnitude on one weight. */
public final class MagnitudeCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");

    PruningAgreement.check(
        golden,
        scope,
        w,
        MagnitudePruner.prune(torch, scope, w, PruningAgreement.sparsity(golden)));
  }
}
