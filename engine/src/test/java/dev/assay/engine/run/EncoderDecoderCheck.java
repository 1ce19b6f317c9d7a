package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;

/** T5: every layer of both stacks, in one pass, with a padded source, and on top of a cache. */
public final class EncoderDecoderCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    GoldenOutputs outputs = new GoldenOutputs(scope, golden);
    ModelFixture fixture = golden.model();
    long[][] source = outputs.ids("input_ids");
    long[][] target = outputs.ids("decoder_input_ids");
    try (EncoderDecoderModel model =
        EncoderDecoderModel.load(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            Execution.reference(torch.device()))) {
      NDArray memory = model.encode(scope, source, null);
      outputs.assertClose(memory, "encoder_last_hidden_state");
      outputs.assertClose(model.decode(scope, target, memory, null), "decoder_last_hidden_state");
      outputs.assertClose(model.logits(scope, target, memory, null), "logits");
      checkLayers(outputs, model, fixture, source, target, memory);
      checkCache(outputs, model, target, memory);

      long[][] mask = outputs.ids("attention_mask");
      NDArray padded = model.encode(scope, source, mask);
      outputs.assertUnpaddedClose(padded, "encoder_last_hidden_state_masked", mask);
      outputs.assertClose(model.logits(scope, target, padded, mask), "logits_masked");
    }
  }

  private static void checkLayers(
      GoldenOutputs outputs,
      EncoderDecoderModel model,
      ModelFixture fixture,
      long[][] source,
      long[][] target,
      NDArray memory) {
    NDManager scope = outputs.scope();
    NDArray x = model.embedSource(scope, source);
    int encoderLayers = fixture.architecture().stacks().get(0).depth();
    for (int layer = 0; layer < encoderLayers; layer++) {
      outputs.assertClose(x, "encoder_hidden_states." + layer);
      x = model.encoderLayer(scope, layer, x);
    }
    NDArray y = model.embedTarget(scope, target);
    for (int layer = 0; layer < fixture.architecture().main().depth(); layer++) {
      outputs.assertClose(y, "decoder_hidden_states." + layer);
      y = model.decoderLayer(scope, layer, y, memory);
    }
  }

  private static void checkCache(
      GoldenOutputs outputs, EncoderDecoderModel model, long[][] target, NDArray memory) {
    NDManager scope = outputs.scope();
    NDArray expected = outputs.golden().tensor(scope, "decode_logits");
    int length = target[0].length;
    int prefill = length - Math.toIntExact(expected.getShape().get(1));
    try (KvCache cache = model.newCache(target.length, length)) {
      model.nextLogits(scope, GoldenOutputs.columns(target, 0, prefill), memory, cache);
      for (int at = prefill; at < length; at++) {
        NDArray logits =
            model.nextLogits(scope, GoldenOutputs.columns(target, at, at + 1), memory, cache);
        int step = at - prefill;
        outputs.assertClose(logits, expected.get(":, {}:{}", step, step + 1), "step " + step);
      }
    }
  }
}
