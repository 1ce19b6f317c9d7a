package dev.assay.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.linear.Execution;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Activations of the reference implementation, within the tolerance that each fixture states. */
class EncoderDecoderGoldenTest extends TorchTest {
  private static final int STEPS = 5;

  @ParameterizedTest
  @ValueSource(strings = {"t5", "t5_v1_1"})
  void everyLayerGivesTheGoldenHiddenState(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    try (EncoderDecoderModel model = load(fixture)) {
      NDArray x = model.embedSource(scope, fixture.ids(scope, "input_ids"));
      int encoderLayers = fixture.architecture().stacks().get(0).spec().layers();
      for (int layer = 0; layer < encoderLayers; layer++) {
        assertClose(fixture, x, "encoder_hidden_states." + layer);
        x = model.encoderLayer(scope, layer, x);
      }
      NDArray memory = model.encode(scope, fixture.ids(scope, "input_ids"), null);
      assertClose(fixture, memory, "encoder_last_hidden_state");
      NDArray y = model.embedTarget(scope, fixture.ids(scope, "decoder_input_ids"));
      for (int layer = 0; layer < fixture.architecture().spec().layers(); layer++) {
        assertClose(fixture, y, "decoder_hidden_states." + layer);
        y = model.decoderLayer(scope, layer, y, memory);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "t5_v1_1"})
  void onePassGivesTheGoldenLogits(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    long[][] target = fixture.ids(scope, "decoder_input_ids");
    try (EncoderDecoderModel model = load(fixture)) {
      NDArray memory = model.encode(scope, fixture.ids(scope, "input_ids"), null);

      assertClose(fixture, model.decode(scope, target, memory, null), "decoder_last_hidden_state");
      assertClose(fixture, model.logits(scope, target, memory, null), "logits");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "t5_v1_1"})
  void paddedSourceGivesTheGoldenLogits(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    long[][] target = fixture.ids(scope, "decoder_input_ids");
    long[][] mask = fixture.ids(scope, "attention_mask");
    try (EncoderDecoderModel model = load(fixture)) {
      NDArray memory = model.encode(scope, fixture.ids(scope, "input_ids"), mask);

      NDArray golden = fixture.golden().read(scope, "encoder_last_hidden_state_masked");
      for (int row = 0; row < mask.length; row++) {
        long tokens = Arrays.stream(mask[row]).sum();
        NDArray off = memory.get("{}, :{}", row, tokens).sub(golden.get("{}, :{}", row, tokens));
        assertThat(off.abs().max().getFloat()).isLessThan(fixture.tolerance());
      }
      assertClose(fixture, model.logits(scope, target, memory, mask), "logits_masked");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "t5_v1_1"})
  void tokenByTokenGivesTheGoldenLogits(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    long[][] target = fixture.ids(scope, "decoder_input_ids");
    int length = target[0].length;
    NDArray golden = fixture.golden().read(scope, "decode_logits");
    try (EncoderDecoderModel model = load(fixture);
        KvCache cache = model.newCache(target.length, length)) {
      NDArray memory = model.encode(scope, fixture.ids(scope, "input_ids"), null);
      model.nextLogits(scope, columns(target, 0, length - STEPS), memory, cache);
      for (int step = 0; step < STEPS; step++) {
        int at = length - STEPS + step;
        NDArray logits = model.nextLogits(scope, columns(target, at, at + 1), memory, cache);

        NDArray off = logits.sub(golden.get(":, {}:{}", step, step + 1));
        assertThat(off.abs().max().getFloat()).isLessThan(fixture.tolerance());
      }
    }
  }

  private EncoderDecoderModel load(ModelFixture fixture) {
    return EncoderDecoderModel.load(
        torch, fixture.checkpoint(), fixture.architecture(), Execution.REFERENCE);
  }

  private void assertClose(ModelFixture fixture, NDArray actual, String tensor) {
    NDArray golden = fixture.golden().read(scope, tensor);
    assertThat(actual.getShape()).as(tensor).isEqualTo(golden.getShape());
    assertThat(actual.sub(golden).abs().max().getFloat())
        .as(tensor)
        .isLessThan(fixture.tolerance());
  }

  private static long[][] columns(long[][] ids, int from, int to) {
    return Arrays.stream(ids).map(row -> Arrays.copyOfRange(row, from, to)).toArray(long[][]::new);
  }
}
