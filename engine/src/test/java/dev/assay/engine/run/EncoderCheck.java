package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;

/** BERT: every layer, and what stands on top of the last one. */
public final class EncoderCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    GoldenOutputs outputs = new GoldenOutputs(scope, golden);
    ModelFixture fixture = golden.model();
    long[][] ids = outputs.ids("input_ids");
    long[][] types = outputs.ids("token_type_ids");
    long[][] mask = outputs.ids("attention_mask");
    try (EncoderModel model =
        EncoderModel.load(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            Execution.reference(torch.device()))) {
      NDArray x = model.embed(scope, ids, types);
      for (int layer = 0; layer < fixture.architecture().main().depth(); layer++) {
        outputs.assertUnpaddedClose(x, "hidden_states." + layer, mask);
        x = model.layer(scope, layer, x, mask);
      }
      outputs.assertUnpaddedClose(x, "last_hidden_state", mask);
      outputs.assertClose(model.logits(scope, ids, null, null), "logits_plain");
      NDArray logits = model.logits(scope, ids, types, mask);
      if (fixture.architecture().kind() == ModelSpec.Kind.CLASSIFIER) {
        NDArray output = model.encode(scope, ids, types, mask);
        outputs.assertClose(model.pooled(scope, output), "pooler_output");
        outputs.assertClose(logits, "logits");
      } else {
        assertThat(golden.has("pooler_output")).isFalse();
        outputs.assertUnpaddedClose(logits, "logits", mask);
      }
    }
  }
}
