package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What follows from the golden activations of one family. */
class LanguageModelGoldenTest extends TorchTest {
  @Test
  void tokenLossesAreThoseOfTheLogits() {
    ModelFixture fixture = ModelFixture.of("llama");
    long[][] ids = fixture.ids(scope, "input_ids");
    NDArray logProbabilities = fixture.golden().read(scope, "logits").logSoftmax(-1);
    try (LanguageModel model = load(fixture)) {
      float[][] losses = model.tokenLosses(ids);

      for (int row = 0; row < ids.length; row++) {
        for (int t = 0; t < ids[row].length - 1; t++) {
          float expected = -logProbabilities.getFloat(row, t, ids[row][t + 1]);
          assertThat(losses[row][t]).isCloseTo(expected, within(fixture.tolerance()));
        }
      }
    }
  }

  @Test
  void sameInputGivesTheSameBits() {
    ModelFixture fixture = ModelFixture.of("llama");
    long[][] ids = fixture.ids(scope, "input_ids");
    try (LanguageModel first = load(fixture);
        LanguageModel second = load(fixture)) {
      assertThat(first.tokenLosses(ids)).isDeepEqualTo(second.tokenLosses(ids));
    }
  }

  @Test
  void bfloat16StaysNearFloat32() {
    ModelFixture fixture = ModelFixture.of("llama");
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            Execution.packed(torch.device(), DType.BFLOAT16))) {
      NDArray logits = model.logits(scope, fixture.ids(scope, "input_ids"));
      NDArray golden = fixture.golden().read(scope, "logits");

      // 8 bits of mantissa through three layers; the logits' own spread is between 2 and 3.
      assertThat(logits.sub(golden).abs().mean().getFloat()).isLessThan(0.05f);
      assertThat(model.simulated()).isFalse();
    }
  }

  private LanguageModel load(ModelFixture fixture) {
    return LanguageModel.load(
        torch, fixture.checkpoint(), fixture.architecture(), Execution.reference(torch.device()));
  }

  private static Offset<Float> within(float tolerance) {
    return Offset.offset(tolerance);
  }
}
