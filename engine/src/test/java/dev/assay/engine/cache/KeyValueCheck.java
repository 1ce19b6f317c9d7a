package dev.assay.engine.cache;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.run.CacheCheck;
import dev.assay.engine.torch.TorchSession;

/** Cached keys and values in the forms of several codes, told apart by their parameters. */
public final class KeyValueCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    if (golden.parameter("scale_dtype").isTextual()) {
      new CacheCheck().check(torch, scope, golden);
    } else if (golden.parameter("variants").isArray()) {
      new StaticCheck(torch, scope, golden).byAll();
    } else {
      new StaticCheck(torch, scope, golden).byPrompt();
    }
  }
}
