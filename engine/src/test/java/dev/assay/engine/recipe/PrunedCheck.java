package dev.assay.engine.recipe;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.prune.PrunedWeightCheck;
import dev.assay.engine.torch.TorchSession;

/** Pruning, of a whole model where the case has one, else of a weight. */
public final class PrunedCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws Exception {
    boolean whole = golden.parameter("model_family").isTextual();
    GoldenCheck check = whole ? new PrunedModelCheck() : new PrunedWeightCheck();
    check.check(torch, scope, golden);
  }
}
