package dev.assay.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.torch.DType;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Activations of the reference implementation, within the tolerance that its fixture states. */
class FamilyGoldenTest extends TorchTest {
  private static final int PREFILL = 28;

  static List<String> families() {
    return FamilyFixtures.CAUSAL;
  }

  @ParameterizedTest
  @MethodSource("families")
  void onePassGivesTheGoldenLogits(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    try (LanguageModel model = load(fixture)) {
      NDArray logits = model.logits(scope, fixture.ids(scope, "input_ids"));

      assertClose(fixture, logits, fixture.golden().read(scope, "logits"));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyLayerGivesTheGoldenHiddenState(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    try (LanguageModel model = load(fixture)) {
      NDArray x = model.embed(scope, fixture.ids(scope, "input_ids"));
      int layers = fixture.architecture().spec().layers();
      for (int layer = 0; layer < layers; layer++) {
        assertClose(fixture, x, fixture.golden().read(scope, "hidden_states." + layer));
        x = model.layer(scope, layer, x);
      }

      assertClose(
          fixture, model.finalNorm(scope, x), fixture.golden().read(scope, "last_hidden_state"));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void tokenByTokenGivesTheGoldenLogits(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    long[][] ids = fixture.ids(scope, "input_ids");
    NDArray golden = fixture.golden().read(scope, "decode_logits");
    try (LanguageModel model = load(fixture);
        KvCache cache = model.newCache(ids.length, ids[0].length)) {
      model.logits(scope, columns(ids, 0, PREFILL), cache);
      for (int step = 0; step < ids[0].length - PREFILL; step++) {
        int at = PREFILL + step;
        NDArray logits = model.logits(scope, columns(ids, at, at + 1), cache);

        assertClose(fixture, logits, golden.get(":, {}:{}", step, step + 1));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void severalTokensOnTopOfACacheGiveTheSameAsOnePass(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    long[][] ids = fixture.ids(scope, "input_ids");
    try (LanguageModel model = load(fixture);
        KvCache cache = model.newCache(ids.length, ids[0].length)) {
      model.logits(scope, columns(ids, 0, PREFILL), cache);
      NDArray rest = model.logits(scope, columns(ids, PREFILL, ids[0].length), cache);

      assertClose(fixture, rest, fixture.golden().read(scope, "decode_logits"));
    }
  }

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
            Execution.packed(DType.BFLOAT16))) {
      NDArray logits = model.logits(scope, fixture.ids(scope, "input_ids"));
      NDArray golden = fixture.golden().read(scope, "logits");

      // 8 bits of mantissa through three layers; the logits' own spread is between 2 and 3.
      assertThat(logits.sub(golden).abs().mean().getFloat()).isLessThan(0.05f);
      assertThat(model.simulated()).isFalse();
    }
  }

  private LanguageModel load(ModelFixture fixture) {
    return LanguageModel.load(
        torch, fixture.checkpoint(), fixture.architecture(), Execution.REFERENCE);
  }

  private static void assertClose(ModelFixture fixture, NDArray actual, NDArray golden) {
    assertThat(actual.getShape()).isEqualTo(golden.getShape());
    float error = actual.sub(golden).abs().max().getFloat();
    assertThat(error).isLessThan(fixture.tolerance());
  }

  private static long[][] columns(long[][] ids, int from, int to) {
    return Arrays.stream(ids).map(row -> Arrays.copyOfRange(row, from, to)).toArray(long[][]::new);
  }

  private static Offset<Float> within(float tolerance) {
    return Offset.offset(tolerance);
  }
}
