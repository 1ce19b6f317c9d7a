package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;

/** A model that continues text: in one pass, layer by layer, and on top of a cache. */
public final class CausalCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    GoldenOutputs outputs = new GoldenOutputs(scope, golden);
    ModelFixture fixture = golden.model();
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            Execution.reference(torch.device()))) {
      long[][] ids = outputs.ids("input_ids");
      outputs.assertClose(model.logits(scope, ids), "logits");
      checkLayers(outputs, model, ids);
      checkCache(outputs, model, ids);
    }
  }

  private static void checkLayers(GoldenOutputs outputs, LanguageModel model, long[][] ids) {
    NDManager scope = outputs.scope();
    NDArray x = model.embed(scope, ids);
    int layers = outputs.golden().model().architecture().main().depth();
    for (int layer = 0; layer < layers; layer++) {
      outputs.assertClose(x, "hidden_states." + layer);
      x = model.layer(scope, layer, x);
    }
    outputs.assertClose(model.finalNorm(scope, x), "last_hidden_state");
  }

  /** The last tokens one by one, and all at once. */
  private static void checkCache(GoldenOutputs outputs, LanguageModel model, long[][] ids) {
    NDManager scope = outputs.scope();
    NDArray expected = outputs.golden().tensor(scope, "decode_logits");
    int length = ids[0].length;
    int prefill = length - Math.toIntExact(expected.getShape().get(1));
    try (KvCache cache = model.newCache(ids.length, length)) {
      model.logits(scope, GoldenOutputs.columns(ids, 0, prefill), cache);
      for (int at = prefill; at < length; at++) {
        NDArray logits = model.logits(scope, GoldenOutputs.columns(ids, at, at + 1), cache);
        int step = at - prefill;
        outputs.assertClose(logits, expected.get(":, {}:{}", step, step + 1), "step " + step);
      }
    }
    try (KvCache cache = model.newCache(ids.length, length)) {
      model.logits(scope, GoldenOutputs.columns(ids, 0, prefill), cache);
      NDArray rest = model.logits(scope, GoldenOutputs.columns(ids, prefill, length), cache);
      outputs.assertClose(rest, expected, "decode_logits at once");
    }
  }
}
