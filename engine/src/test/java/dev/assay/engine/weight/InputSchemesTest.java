package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Schemes in configurations, and those that are made of others. */
class InputSchemesTest extends TorchTest {
  static Stream<InputScheme> schemes() {
    List<InputScheme> schemes = new ArrayList<>();
    for (IntegerRule rule : IntegerRule.values()) {
      schemes.add(new PerTokenInput(8, true, rule));
      if (rule.hasZeros()) {
        schemes.add(new PerTokenInput(4, false, rule));
      }
    }
    for (FloatRule rule : FloatRule.values()) {
      schemes.add(new FloatInput(DType.FLOAT8_E4M3, rule));
    }
    schemes.add(new StaticInput(8, 0.25, 3, true));
    schemes.add(new StaticInput(8, 0.25, 3));
    schemes.add(new StaticFloatInput(DType.FLOAT8_E5M2, 0.125));
    schemes.add(new GroupedInput(128, new PerTokenInput(8, true)));
    schemes.add(new JointInput(new FloatInput(DType.FLOAT8_E4M3, FloatRule.VLLM)));
    schemes.add(new OutlierInput(6, true));
    return schemes.stream();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void areReadBack(InputScheme scheme) {
    assertThat(InputScheme.of(scheme.json())).isEqualTo(scheme);
    assertThat(scheme.rounds()).isTrue();
  }

  /** Whatever the convention, a value is no further than a step from where it was. */
  @ParameterizedTest
  @MethodSource("schemes")
  void valuesStayNear(InputScheme scheme) {
    NDArray x = normal(3, 6, 160).mul(0.3f);
    NDArray rounded = RoundedInputs.of(torch, scope, scheme, x);

    assertThat(rounded.getShape()).isEqualTo(x.getShape());
    boolean coarse =
        scheme.words().contains(" 4 bits")
            || scheme.words().equals("rounded to 8 bits")
            || scheme instanceof StaticFloatInput;
    assertThat((double) rounded.sub(x).abs().max().getFloat()).isLessThan(coarse ? 0.3 : 0.06);
    assertThat((double) rounded.sub(x).abs().max().getFloat()).isGreaterThan(0);
  }

  /** An input of zeros, as padding and closed ReLUs give, is one after rounding. */
  @ParameterizedTest
  @MethodSource("schemes")
  void zerosStayZeros(InputScheme scheme) {
    NDArray x = Tensors.of(scope, new float[24], 3, 8);

    assertThat(RoundedInputs.of(torch, scope, scheme, x).toFloatArray()).containsOnly(0);
  }

  @Test
  void groupsAreRoundedEachByItself() {
    NDArray x = Tensors.of(scope, new float[] {127, 1, 63.4f, 1, 0.4f}, 1, 5);

    NDArray found =
        RoundedInputs.of(torch, scope, new GroupedInput(2, new PerTokenInput(8, true)), x);

    assertThat(found.toFloatArray()[1]).isEqualTo(1);
    assertThat(found.toFloatArray()[3]).isCloseTo(63.4f * 2 / 127, within());
    assertThat(found.toFloatArray()[4]).isCloseTo(0.4f, within());
  }

  private static org.assertj.core.data.Offset<Float> within() {
    return org.assertj.core.data.Offset.offset(1e-5f);
  }

  @Test
  void tokensOfACallShareAGrid() {
    NDArray x = Tensors.of(scope, new float[] {127, 0.4f, 0.6f, 1.2f}, 2, 2);

    NDArray found = RoundedInputs.of(torch, scope, new JointInput(new PerTokenInput(8, true)), x);

    assertThat(found.toFloatArray()).containsExactly(127, 0, 1, 1);
  }

  /** A feature that is an outlier for one token of a call is left for all of them. */
  @Test
  void outliersAreFoundInTheWholeCall() {
    NDArray x = Tensors.of(scope, new float[] {127, 0.4f, 7.25f, 1.27f, 0.254f, 0.123f}, 2, 3);

    NDArray found = RoundedInputs.of(torch, scope, new OutlierInput(7, false), x);

    assertThat(found.toFloatArray()[0]).isEqualTo(127);
    assertThat(found.toFloatArray()[1]).isCloseTo(0.4f, within());
    assertThat(found.toFloatArray()[2]).isEqualTo(7.25f);
    assertThat(found.toFloatArray()[3]).isEqualTo(1.27f);
    assertThat(found.toFloatArray()[4]).isCloseTo(0.25f, within());
    assertThat(found.toFloatArray()[5]).isEqualTo(0.123f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"scheme\": \"per-tokens\"} | scheme: found 'per-tokens', expected one of [clipped",
        "{\"scheme\": \"per-token\", \"bits\": 8, \"symmetric\": true, \"rule\": \"ours\"}"
            + " | rule: found 'ours', expected one of [smoothquant, compressed-tensors",
        "{\"scheme\": \"per-token\", \"bits\": 8, \"symmetric\": false, \"rule\": \"bitnet\"}"
            + " | symmetric: found false, expected true under the rule bitnet",
        "{\"scheme\": \"float-per-token\", \"type\": \"F16\", \"rule\": \"vllm\"}"
            + " | type: found F16, expected F8_E4M3 or F8_E5M2",
        "{\"scheme\": \"outliers-apart\", \"threshold\": -1, \"half\": true}"
            + " | threshold: found -1.0, expected 0 or a positive number",
        "{\"scheme\": \"grouped\", \"groupSize\": 0, \"each\": {\"scheme\": \"none\"}}"
            + " | groupSize: found 0, expected at least 1",
        "{\"scheme\": \"grouped\", \"groupSize\": 4, \"each\": {\"scheme\": \"no\"}}"
            + " | each.scheme: found 'no'",
      })
  void sayWhatIsWrong(String json, String message) throws IOException {
    JsonNode node = new ObjectMapper().readTree(json);

    assertThatThrownBy(() -> InputScheme.of(node))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
