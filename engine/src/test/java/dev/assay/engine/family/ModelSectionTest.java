package dev.assay.engine.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.FoldedNorms;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.SlicedStream;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.TokenCache;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.RotatedInput;
import dev.assay.engine.weight.SplitOutliersInput;
import dev.assay.engine.weight.StaticInput;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model has become stands in its configuration, and is read back from there. */
class ModelSectionTest {
  private static final String GEMMA =
      """
      {"model_type": "gemma2", "vocab_size": 64, "hidden_size": 32, "num_hidden_layers": 6,
       "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
       "intermediate_size": 64, "sliding_window": 16}
      """;

  private final Families families = new Families();

  static List<String> families() {
    return FamilyFixtures.ALL;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'layrs': []}|unknown key 'layrs', expected some of [layers, folded, biases, sliced, inputs, caches, experts, exits, weights]",
        "{'layers': 3}|layers: found 3, expected a list",
        "[]|found [], expected an object",
        "{'caches': [{'stack': 0, 'indices': [0, 0], 'cache': {'scheme': 'dense'}}]}"
            + "|caches[0].indices: found [0, 0], expected each layer once"
      })
  void sectionsOfAnotherFormAreRefused(String faulty) throws IOException {
    String[] both = faulty.split("\\|", -1);
    ObjectNode config = ((ObjectNode) config("llama")).deepCopy();
    config.set("assay", new ObjectMapper().readTree(both[0].replace('\'', '"')));

    assertThatThrownBy(() -> families.architecture(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("assay: " + both[1]);
  }

  private static ObjectNode json(String text) throws IOException {
    return (ObjectNode) new ObjectMapper().readTree(text);
  }

  private static JsonNode config(String family) {
    return ModelFixture.of(family).checkpoint().config();
  }

  private ModelSpec read(ObjectNode config) {
    return families.architecture(config);
  }

  private static ModelSpec with(ModelSpec spec, List<LayerSpec> layers) {
    int main = spec.stacks().size() - 1;
    return spec.with(main, spec.main().with(layers));
  }

  @ParameterizedTest
  @MethodSource("families")
  void aModelThatIsWhatItWasKeepsItsConfiguration(String family) {
    ModelSpec spec = families.architecture(config(family));

    assertThat(families.configuration(config(family), spec)).isEqualTo(config(family));
  }

  @ParameterizedTest
  @MethodSource("families")
  void schemesAreReadBack(String family) {
    ModelSpec spec = families.architecture(config(family));
    InputScheme scheme =
        new RotatedInput(
            4, new SplitOutliersInput(List.of(1, 5), new StaticInput(8, 0.1234567890123, 7)));
    Stack stack = spec.main();
    String first = stack.layer(0).layout().linears().findFirst().orElseThrow();
    ModelSpec changed =
        with(
            spec,
            stack
                .with(0, layer -> layer.with(first, layer.linear(first).with(scheme)))
                .with(1, layer -> layer.with(new TokenCache(8, 8)))
                .layers());

    ObjectNode written = families.configuration(config(family), changed);
    assertThat(read(written)).isEqualTo(changed);
    assertThat(written.remove("assay")).isNotNull();
    assertThat(written).isEqualTo(config(family));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mixtral", "phi3", "gpt2", "gptj", "gpt_neox", "bloom", "opt"})
  void slicedStreamsAreReadBack(String family) {
    ModelSpec folded = FoldedNorms.of(families.architecture(config(family)), 0).untied();

    ModelSpec sliced = new SlicedStream(40, 2e-5).of(folded, 0);

    ModelSpec found = read(families.configuration(config(family), sliced));
    assertThat(found.main().layers()).isEqualTo(sliced.main().layers());
    assertThat(found.spec()).isEqualTo(sliced.spec());
    assertThat(found.spec().streamWidth()).isEqualTo(40);
    assertThat(found.spec().hiddenSize()).isEqualTo(folded.spec().hiddenSize());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "mistral",
        "mixtral",
        "qwen2",
        "phi3",
        "gpt2",
        "gptj",
        "gpt_neox",
        "opt",
        "bert",
        "t5"
      })
  void layersOfOtherShapesAreReadBack(String family) {
    ModelSpec spec = families.architecture(config(family));
    LayerSpec layer = spec.main().layer(0);
    int heads = layer.attention().keyValueHeads();
    ObjectNode shape = LayerShapes.of(layer);
    shape.put("num_attention_heads", heads).put("intermediate_size", 40);
    ModelSpec narrow = families.architecture(LayerShapes.configuration(config(family), shape));
    ModelSpec changed =
        with(
            spec,
            spec.main()
                .with(1, before -> narrow.main().layer(1).withWindow(before.attention().window()))
                .layers());

    ModelSpec found = read(families.configuration(config(family), changed));
    assertThat(found).isEqualTo(changed);
    assertThat(found.main().layer(1).attention().heads()).isEqualTo(heads);
    assertThat(found.main().layer(1).attention().headDimension())
        .isEqualTo(layer.attention().headDimension());
    assertThat(found.main().layer(1).layout().parts())
        .anyMatch(linear -> linear.inFeatures() == 40);
    assertThat(found.main().layer(0)).isEqualTo(layer);
  }

  /** Every second layer has a window; the pattern has moved on where a layer is gone. */
  @Test
  void windowsOfTheLayersThatAreLeftAreReadBack() throws IOException {
    ModelSpec spec = families.architecture(json(GEMMA));
    List<LayerSpec> layers = spec.main().layers();
    ModelSpec changed = with(spec, List.of(layers.get(0), layers.get(2), layers.get(3)));

    ObjectNode written = families.configuration(json(GEMMA), changed);
    assertThat(written.path("num_hidden_layers").asInt()).isEqualTo(3);
    assertThat(read(written).main().layers())
        .extracting(layer -> layer.attention().window())
        .containsExactly(16, 16, 0);
    ObjectNode typed = json(GEMMA);
    List.of(1, 0, 1, 0, 1, 0)
        .forEach(
            sliding ->
                typed
                    .withArray("layer_types")
                    .add(sliding == 1 ? "sliding_attention" : "full_attention"));
    ObjectNode plain = families.configuration(typed, changed);
    assertThat(plain.has("assay")).as("layer_types can say it").isFalse();
    assertThat(read(plain)).isEqualTo(changed);
  }

  @Test
  void whatNoConfigurationCanSayIsRefused() {
    ModelSpec spec = families.architecture(config("bloom"));
    ObjectNode shape = LayerShapes.of(spec.main().layer(0)).put("num_attention_heads", 1);
    shape.put("num_key_value_heads", 1);
    ModelSpec narrow = families.architecture(LayerShapes.configuration(config("bloom"), shape));
    ModelSpec changed = with(spec, spec.main().with(1, before -> narrow.main().layer(1)).layers());

    assertThatThrownBy(() -> families.configuration(config("bloom"), changed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a layer of bloom cannot have beside others");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'layers': [{'stack': 0, 'indices': [9], 'shape': {}, 'sliding_window': 0}]}|indices: found 9",
        "{'layers': [{'stack': 4, 'indices': [0], 'shape': {}, 'sliding_window': 0}]}|stack: found 4",
        "{'inputs': [{'stack': 0, 'indices': [0], 'linears': ['mlp.up'], 'input': {'scheme': 'none'}}]}|no linear is called mlp.up",
        "{'inputs': [{'stack': 0, 'indices': [0], 'linears': [], 'input': {'scheme': 'other'}}]}|scheme: found 'other'",
        "{'inputs': [{'stack': 0, 'indices': [0], 'linears': [], 'input': {'scheme': 'per-token'}}]}|bits: found nothing, expected a whole number",
        "{'inputs': [{'stack': 0, 'linears': [], 'input': {'scheme': 'none'}}]}"
            + "|indices: found nothing, expected a list of whole numbers",
        "{'inputs': [{'stack': 0, 'indices': [0], 'input': {'scheme': 'none'}}]}"
            + "|linears: found nothing, expected a list of texts",
        "{'sliced': [{'stack': 0, 'width': 65, 'epsilon': 1e-5}]}|sliced[0].width: found 65, expected at most 64",
        "{'sliced': [{'stack': 0, 'width': 0, 'epsilon': 1e-5}]}|sliced[0].width: found 0, expected at least 1",
        "{'sliced': [{'stack': 0, 'width': 8, 'epsilon': 0}]}|sliced[0].epsilon: found 0.0",
        "{'sliced': [{'stack': 0, 'width': 8}]}|sliced[0].epsilon: found nothing, expected a number",
        "{'sliced': [{'stack': 0, 'width': 8, 'epsilon': 1}, {'stack': 0, 'width': 8, 'epsilon': 1}]}"
            + "|sliced[1]: found a stream that is sliced already",
        "{'caches': [{'indices': [0], 'cache': {'scheme': 'dense'}}]}"
            + "|caches[0].stack: found nothing, expected a whole number",
        "{'caches': [{'stack': 0, 'layers': 1, 'indices': [0], 'cache': {'scheme': 'dense'}}]}"
            + "|caches[0]: unknown key 'layers', expected some of [cache, indices, stack]",
        "{'inputs': [{'stack': 0, 'indices': [0], 'linears': ['mlp.up_proj'], 'input':"
            + " {'scheme': 'split-outliers', 'columns': [1], 'others': {'scheme': 'rotated',"
            + " 'blockSize': 8, 'then': {'scheme': 'none'}}}}]}"
            + "|expected no rotation of features",
        "{'inputs': [{'stack': 0, 'indices': [0], 'linears': ['mlp.up_proj'], 'input':"
            + " {'scheme': 'rotated', 'blockSize': 4096, 'then': {'scheme': 'none'}}}]}"
            + "|inputs[0].input.blockSize: found 4096, expected a divisor of the input's width",
        "{'caches': [{'stack': 0, 'indices': [0], 'cache': {}}]}|caches[0].cache.scheme: found nothing, expected a text"
      })
  void faultsAreNamed(String faulty) throws IOException {
    String[] both = faulty.split("\\|", -1);
    ObjectNode config = ((ObjectNode) config("llama")).deepCopy();
    config.set("assay", json(both[0].replace('\'', '"')));

    assertThatThrownBy(() -> families.architecture(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("assay: ")
        .hasMessageContaining(both[1]);
  }
}
