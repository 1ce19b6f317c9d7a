package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.ElementFormat;
import dev.assay.engine.weight.FloatInput;
import dev.assay.engine.weight.FloatRule;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.JointInput;
import dev.assay.engine.weight.MicroscaledInput;
import dev.assay.engine.weight.MicroscaledWeight.Rounding;
import dev.assay.engine.weight.Nvfp4Input;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.SharedExponent;
import dev.assay.engine.weight.StaticInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What published configurations say of the inputs of linears, read and written. */
class ActivationRulesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Schemes without a number in the checkpoint. */
  static List<InputScheme> dynamic() {
    InputScheme bytes = new PerTokenInput(8, true, IntegerRule.COMPRESSED_TENSORS);
    InputScheme floats = new FloatInput(DType.FLOAT8_E4M3, FloatRule.COMPRESSED_TENSORS);
    return List.of(
        bytes,
        new PerTokenInput(4, false, IntegerRule.COMPRESSED_TENSORS),
        floats,
        new GroupedInput(128, floats),
        new GroupedInput(32, bytes),
        new JointInput(bytes),
        mx(ElementFormat.E2M1, 1),
        mx(ElementFormat.E2M3, 3),
        mx(ElementFormat.E4M3, 1));
  }

  private static InputScheme mx(ElementFormat element, int kept) {
    return new MicroscaledInput(new Rounding(element, SharedExponent.EVEN, kept, false));
  }

  @ParameterizedTest
  @MethodSource("dynamic")
  void whatIsWrittenIsReadAsTheSame(InputScheme scheme) throws IOException {
    JsonNode written = ActivationArguments.of(scheme).orElseThrow().json();

    assertThat(scheme("'input_activations': " + written)).contains(scheme);
  }

  /** Other tools find the scale of the same grid by a rule of their own. */
  @Test
  void anotherRuleIsWrittenAsThatOfTheFormat() throws IOException {
    InputScheme ours = new PerTokenInput(8, true, IntegerRule.SMOOTHQUANT);
    JsonNode written = ActivationArguments.of(ours).orElseThrow().json();

    assertThat(scheme("'input_activations': " + written))
        .contains(new PerTokenInput(8, true, IntegerRule.COMPRESSED_TENSORS));
  }

  @Test
  void whatTheFormatHasNoWordsForIsNotWritten() {
    assertThat(ActivationArguments.of(new PlainInput())).isEmpty();
    assertThat(ActivationArguments.of(new PerTokenInput(9, true))).isEmpty();
    assertThat(ActivationArguments.of(new OutlierInput(6, true))).isEmpty();
    assertThat(ActivationArguments.of(new StaticInput(8, 0.5, 300))).isEmpty();
    assertThat(ActivationArguments.of(mx(ElementFormat.INT8, 6))).isEmpty();
    assertThat(ActivationArguments.of(new Nvfp4Input(2.5)).orElseThrow().json())
        .hasToString(
            """
            {"num_bits":4,"type":"float","symmetric":true,"strategy":"tensor_group",\
            "group_size":16,"scale_dtype":"torch.float8_e4m3fn","dynamic":"local"}""");
  }

  @ParameterizedTest
  @CsvSource({"W8A8, 8", "INT8, 8", "W4A8, 8"})
  void presetsRoundInputsToo(String preset, int bits) throws IOException {
    assertThat(read("'" + preset + "': ['Linear']").scheme(nothing(), "l"))
        .contains(new PerTokenInput(bits, true, IntegerRule.COMPRESSED_TENSORS));
  }

  @Test
  void presetsOfWeightsAloneDoNot() throws IOException {
    assertThat(read("'W4A16': ['Linear']").scheme(nothing(), "l")).isEmpty();
    assertThat(read("'FP8_BLOCK': ['Linear']").scheme(nothing(), "l"))
        .contains(
            new GroupedInput(128, new FloatInput(DType.FLOAT8_E4M3, FloatRule.COMPRESSED_TENSORS)));
    assertThat(read("'MXFP4': ['Linear']").scheme(nothing(), "l"))
        .contains(mx(ElementFormat.E2M1, 1));
  }

  @Test
  void bitNetRoundsEveryInputWithoutSayingSo() {
    Checkpoint checkpoint =
        Checkpoint.open(Goldens.room("artifacts").resolve("bitnet/packed_llama"));
    ActivationRules rules = ActivationRules.read(checkpoint.directory(), checkpoint.config());

    assertThat(rules.scheme(checkpoint, "model.layers.0.self_attn.k_proj"))
        .contains(new PerTokenInput(8, true, IntegerRule.BITNET));
    assertThat(rules.scheme(nothing(), "model.layers.0.self_attn.k_proj"))
        .as("a weight of another form")
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'num_bits': 9 | num_bits: found 9, expected 2 to 8",
        "'num_bits': 4, 'type': 'float', 'dynamic': true | num_bits: found 4, expected 8, or 4 in"
            + " groups of 16 or 32",
        "'strategy': 'token' | strategy: found token, expected tensor",
        "'strategy': 'block', 'dynamic': true | strategy: found block, expected tensor, token, or"
            + " group with a group_size",
        "'num_bits': 4, 'type': 'float', 'strategy': 'tensor_group', 'group_size': 32 | strategy:"
            + " found tensor_group, expected another one but for floats of 4 bits in groups of 16",
        "'num_bits': 5, 'type': 'float', 'strategy': 'group', 'group_size': 32, 'dynamic': true,"
            + " 'scale_dtype': 'torch.uint8' | scale_dtype: found \"torch.uint8\", expected another"
            + " one but for floats of 4, 6 or 8 bits in groups of 32",
      })
  void othersAreRefused(String arguments, String message) {
    assertThatThrownBy(() -> scheme("'input_activations': {" + arguments + "}"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("key quantization_config.config_groups.group_0.input_activations.")
        .hasMessageContaining(message);
  }

  private static Optional<InputScheme> scheme(String arguments) throws IOException {
    return read("'group_0': {'targets': ['Linear'], " + arguments + "}").scheme(nothing(), "l");
  }

  private static ActivationRules read(String group) throws IOException {
    String json =
        "{'quantization_config': {'quant_method': 'compressed-tensors', 'config_groups': {"
            + group
            + "}}}";
    return ActivationRules.read(Path.of("m"), JSON.readTree(json.replace('\'', '"')));
  }

  /** A checkpoint that none of these schemes looks into. */
  private static PackedSource nothing() {
    return ModelFixture.of("llama").checkpoint();
  }
}
