package dev.assay.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.linear.Execution;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Activations of the reference implementation, within the tolerance that each fixture states. */
class EncoderGoldenTest extends TorchTest {
  @ParameterizedTest
  @ValueSource(strings = {"bert", "bert_seqcls"})
  void everyLayerGivesTheGoldenHiddenState(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    long[][] mask = fixture.ids(scope, "attention_mask");
    try (EncoderModel model = load(fixture)) {
      NDArray x =
          model.embed(scope, fixture.ids(scope, "input_ids"), fixture.ids(scope, "token_type_ids"));
      for (int layer = 0; layer < fixture.architecture().spec().layers(); layer++) {
        assertUnpaddedClose(fixture, x, "hidden_states." + layer, mask);
        x = model.layer(scope, layer, x, mask);
      }
      assertUnpaddedClose(fixture, x, "last_hidden_state", mask);
    }
  }

  @Test
  void gapsAreFilledAsTheGoldenLogitsSay() {
    ModelFixture fixture = ModelFixture.of("bert");
    long[][] ids = fixture.ids(scope, "input_ids");
    long[][] types = fixture.ids(scope, "token_type_ids");
    long[][] mask = fixture.ids(scope, "attention_mask");
    try (EncoderModel model = load(fixture)) {
      assertUnpaddedClose(fixture, model.logits(scope, ids, types, mask), "logits", mask);
      assertClose(fixture, model.logits(scope, ids, null, null), "logits_plain");
    }
  }

  @Test
  void classesAreThoseOfTheGoldenLogits() {
    ModelFixture fixture = ModelFixture.of("bert_seqcls");
    long[][] ids = fixture.ids(scope, "input_ids");
    long[][] types = fixture.ids(scope, "token_type_ids");
    long[][] mask = fixture.ids(scope, "attention_mask");
    try (EncoderModel model = load(fixture)) {
      NDArray output = model.encode(scope, ids, types, mask);

      assertClose(fixture, model.pooled(scope, output), "pooler_output");
      assertClose(fixture, model.logits(scope, ids, types, mask), "logits");
      assertClose(fixture, model.logits(scope, ids, null, null), "logits_plain");
    }
  }

  private EncoderModel load(ModelFixture fixture) {
    return EncoderModel.load(
        torch, fixture.checkpoint(), fixture.architecture(), Execution.REFERENCE);
  }

  private void assertClose(ModelFixture fixture, NDArray actual, String tensor) {
    NDArray golden = fixture.golden().read(scope, tensor);
    assertThat(actual.getShape()).as(tensor).isEqualTo(golden.getShape());
    assertThat(actual.sub(golden).abs().max().getFloat())
        .as(tensor)
        .isLessThan(fixture.tolerance());
  }

  private void assertUnpaddedClose(
      ModelFixture fixture, NDArray actual, String tensor, long[][] mask) {
    NDArray golden = fixture.golden().read(scope, tensor);
    assertThat(actual.getShape()).as(tensor).isEqualTo(golden.getShape());
    for (int row = 0; row < mask.length; row++) {
      long tokens = Arrays.stream(mask[row]).sum();
      NDArray off = actual.get("{}, :{}", row, tokens).sub(golden.get("{}, :{}", row, tokens));
      assertThat(off.abs().max().getFloat()).as(tensor).isLessThan(fixture.tolerance());
    }
  }
}
