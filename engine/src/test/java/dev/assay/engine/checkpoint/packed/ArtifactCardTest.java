package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page beside an artifact says to those who want to load it elsewhere. */
class ArtifactCardTest extends TorchTest {
  private static final String ROUNDED = "Inputs are rounded as the key assay";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rtn: {bits: 4, groupSize: 32, symmetric: true} | Loaded by GPTQModel, transformers with it, vLLM, and Assay.
          rtn: {bits: 4, groupSize: 48, symmetric: true} | vLLM refuses a last group that is shorter than the others
          nf4: {} | Loaded by transformers with bitsandbytes, and Assay.
          llm-int8: {} | Loaded by transformers with bitsandbytes, and Assay.
          ternary: {layout: bitnet} | Loaded by transformers, and Assay.
          w8a8: {} | Loaded by transformers with compressed-tensors, and Assay.
          fp8: {share: block, blockShape: [32, 32], layout: scale-inv} | Other tools round inputs to E4M3 in groups
          """)
  void saysWhichToolsLoadIt(String stage, String said) throws IOException {
    assertThat(card(List.of(stage))).contains(said).doesNotContain(ROUNDED);
  }

  @Test
  void saysWhereInputsAreRoundedByAssayAlone() throws IOException {
    assertThat(card(List.of("rtn: {bits: 4, groupSize: 32}", "round-inputs: {bits: 8}")))
        .contains(ROUNDED, "model.layers.0.mlp.down_proj");
  }

  /** The published words are of 127.5 steps. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          w8a8: {} | true
          w8a8: {rule: compressed-tensors} | false
          fp8: {activations: token} | false
          """)
  void saysWhereTheRuleIsAnother(String stage, boolean another) throws IOException {
    String said = "stands under the key assay of config.json too: " + LoaderRounding.OWN_RULE;

    if (another) {
      assertThat(card(List.of(stage))).contains(said, "model.layers.0.mlp.down_proj");
    } else {
      assertThat(card(List.of(stage))).doesNotContain(said);
    }
  }

  /** Which the configuration says of all linears at once. */
  @Test
  void oneThresholdIsThatOfTheConfiguration() throws IOException {
    String card =
        card(
            List.of(
                "llm-int8: {threshold: 6, ignore: ['model.layers.*.mlp.*']}",
                "llm-int8: {threshold: 4, targets: ['model.layers.*.mlp.*']}"));

    assertThat(roundedByAssay(card)).contains("model.layers.0.self_attn.q_proj");
    assertThat(roundedByAssay(card)).doesNotContain("mlp");
  }

  @Test
  void inputsInOtherGroupsThanBlocksAreRoundedByAssayAlone() throws IOException {
    String stage =
        "fp8: {share: block, blockShape: [32, 32], layout: scale-inv, activations: group,"
            + " groupSize: %d}";

    assertThat(roundedByAssay(card(List.of(stage.formatted(16))))).contains("mlp.down_proj");
    assertThat(card("alike", List.of(stage.formatted(32)))).doesNotContain(ROUNDED);
  }

  /** The configuration says one type of scales. */
  @Test
  void scalesOfAnotherTypeAreNotTaken() throws IOException {
    String stage = "fp8: {share: block, blockShape: [32, 32], layout: scale-inv, scales: %s, %s}";
    String card =
        card(
            List.of(
                stage.formatted("float32", "targets: ['model.layers.*.mlp.*']"),
                stage.formatted("ue8m0", "ignore: ['model.layers.*.mlp.*']")));

    assertThat(card)
        .contains("Loaded by Assay only")
        .contains("`model.layers.0.self_attn.q_proj`: under scales of another type");
  }

  /** A norm that takes no mean away is one that other tools do not make of the model's keys. */
  @Test
  void foldedNormsAreForAssayAlone() throws IOException {
    String card = card("opt", "folded", List.of("rotate: {down: none}", "rtn: {groupSize: 32}"));

    assertThat(card).contains("Loaded by Assay only.", "`folded`: norms only divide");
    assertThat(card).doesNotContain("GPTQModel");
  }

  @ParameterizedTest
  @CsvSource({
    "layers, '`layers`: layers have other shapes', Assay only",
    "folded, '`folded`: norms only divide', Assay only",
    "inputs, 'What the key assay of config.json says of inputs only Assay does', tools that read",
    "caches, 'Keys and values are kept as the key assay', tools that read"
  })
  void saysOfDenseWeightsWhatOtherToolsPassOver(String key, String said, String loaded) {
    ObjectNode section = JsonNodeFactory.instance.objectNode();
    section.putArray(key).addObject();

    assertThat(ArtifactCard.of(new WrittenQuantization(), "llama", section))
        .hasValueSatisfying(card -> assertThat(card).contains(said, "Loaded by " + loaded));
    assertThat(ArtifactCard.of(new WrittenQuantization(), "llama", MissingNode.getInstance()))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rtn: {groupSize: 32}", "cast: {dtype: float16}"})
  void cachesThatOnlyAssayKeeps(String stage) throws IOException {
    assertThat(card(List.of(stage, "kv-cache")))
        .contains("Keys and values are kept as the key assay of config.json says");
  }

  @Test
  void cachesThatTheConfigurationSays() {
    WrittenQuantization written = new WrittenQuantization();
    written.compressed(
        "model.layers.0.mlp.up_proj",
        new CompressedForm("float-quantized", JsonNodeFactory.instance.objectNode()));
    written.cache(
        "model.layers.0.self_attn",
        Optional.of(new WrittenCache(true, 8, List.of(0.5f), List.of(0.5f))));
    ObjectNode section = JsonNodeFactory.instance.objectNode();
    section.putArray("caches").addObject();

    assertThat(ArtifactCard.of(written, "llama", section))
        .hasValueSatisfying(
            card ->
                assertThat(card)
                    .contains("Keys and values are kept on the grids of kv_cache_scheme")
                    .doesNotContain("as the key assay"));
  }

  /** The line that names linears whose inputs only Assay rounds so. */
  private static String roundedByAssay(String card) {
    return card.lines().filter(line -> line.startsWith(ROUNDED)).findFirst().orElse("");
  }

  private String card(List<String> stages) throws IOException {
    return card("artifact", stages);
  }

  private String card(String name, List<String> stages) throws IOException {
    return card("llama", name, stages);
  }

  private String card(String family, String name, List<String> stages) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    Path target = directory.resolve(name);
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            RecipeText.steps(directory, stages),
            List.of(),
            target,
            (stage, finished, layers) -> {});
    return Files.readString(target.resolve("README.md"));
  }
}
