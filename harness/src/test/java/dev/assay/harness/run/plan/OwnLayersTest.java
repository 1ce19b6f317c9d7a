package dev.assay.harness.run.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.family.Families;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only Assay loads of a recipe, model by model. */
class OwnLayersTest {
  private static final String HEADS = "prune-heads: {keep: 0.5, score: magnitude}";

  @TempDir Path directory;

  private static String config(String family) {
    return switch (family) {
      case "llama" ->
          """
          {"model_type": "llama", "hidden_size": 64, "intermediate_size": 128,
           "num_hidden_layers": 4, "num_attention_heads": 4, "vocab_size": 200}""";
      case "gpt2" ->
          """
          {"model_type": "gpt2", "n_embd": 64, "n_layer": 4, "n_head": 4, "n_positions": 64,
           "vocab_size": 200}""";
      case "gptj" ->
          """
          {"model_type": "gptj", "n_embd": 64, "n_layer": 4, "n_head": 4, "n_positions": 64,
           "rotary_dim": 8, "vocab_size": 200}""";
      case "opt" ->
          """
          {"model_type": "opt", "hidden_size": 64, "ffn_dim": 128, "num_hidden_layers": 4,
           "num_attention_heads": 4, "vocab_size": 200, "max_position_embeddings": 64}""";
      case "bloom" ->
          """
          {"model_type": "bloom", "hidden_size": 64, "n_layer": 4, "n_head": 4,
           "vocab_size": 200}""";
      default ->
          """
          {"model_type": "gemma2", "hidden_size": 64, "intermediate_size": 112, "head_dim": 16,
           "num_hidden_layers": 4, "num_attention_heads": 4, "num_key_value_heads": 4,
           "vocab_size": 200, "query_pre_attn_scalar": 16, "sliding_window": 8%s}"""
              .formatted(
                  family.equals("gemma2, typed")
                      ? ", \"layer_types\": [\"sliding_attention\", \"full_attention\","
                          + " \"sliding_attention\", \"full_attention\"]"
                      : "");
    };
  }

  private List<String> notes(String family, String... stages) throws IOException {
    Files.writeString(
        directory.resolve("one.yaml"),
        "name: one\nsummary: s\nstages:\n  - " + String.join("\n  - ", stages) + "\n");
    StageRegistry registry = StageRegistry.load();
    List<Step> steps = new RecipeLoader(directory, registry).load("one").stages();
    JsonNode config = new ObjectMapper().readTree(config(family));
    Families families = new Families();
    return new OwnLayers(registry, families, config).notes(families.architecture(config), steps);
  }

  /** The configuration has no key for the width of a head that width and heads do not give. */
  @ParameterizedTest
  @CsvSource({"llama,false", "gemma2,false", "gpt2,true", "gptj,true", "opt,true"})
  void headsGoWithoutWordsInSomeFamilies(String family, boolean noted) throws IOException {
    List<String> notes = notes(family, HEADS);

    if (noted) {
      assertThat(notes)
          .containsExactly(
              "only Assay loads what prune-heads leaves: layers for which the configuration of "
                  + family
                  + " has no words");
    } else {
      assertThat(notes).isEmpty();
    }
  }

  @Test
  void channelsGoWithoutWordsInFewer() throws IOException {
    String channels = "prune-channels: {keep: 0.5, score: magnitude}";

    assertThat(notes("gpt2", channels)).isEmpty();
    assertThat(notes("opt", channels)).isEmpty();
    assertThat(notes("bloom", channels))
        .singleElement()
        .asString()
        .startsWith("only Assay loads what prune-channels leaves: ")
        .contains("bloom");
  }

  /** Of a share of the model, and of the stream, whose heads keep their width. */
  @Test
  void otherNarrowingStagesAreToldAlike() throws IOException {
    List<String> stages =
        List.of(
            "prune-heads: {keep: 0.7, score: magnitude, of: model}",
            "llm-pruner: {keep: 0.5}",
            "prune-hidden: {keep: 0.5, multiple: 8}");
    for (String stage : stages) {
      assertThat(notes("llama", stage)).as(stage).isEmpty();
      assertThat(notes("gpt2", stage)).as(stage).hasSize(1);
    }
  }

  /** Whatever comes behind, one line says it. */
  @Test
  void aRecipeIsToldOfTheFirst() throws IOException {
    assertThat(notes("gpt2", HEADS, "rtn: {bits: 4, groupSize: 16}")).hasSize(1);
    assertThat(notes("gpt2", "prune-width: {keep: 0.5, score: magnitude}", HEADS))
        .singleElement()
        .asString()
        .contains("prune-width");
    assertThat(notes("llama", "svd: {keep: 0.5}"))
        .singleElement()
        .asString()
        .startsWith("only Assay loads what svd leaves: linears are products");
    assertThat(notes("gpt2", "prune-width: {keep: 0.5, score: magnitude, within: model}"))
        .singleElement()
        .asString()
        .contains("few families' configurations");
    assertThat(notes("llama", "slicegpt: {keep: 0.5, multiple: 8}", "magnitude: {sparsity: 0.5}"))
        .singleElement()
        .asString()
        .contains("slicegpt");
  }

  /** Windows alternate: without some layers they still do, without others no longer. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "layers: [1]       | loads",
        "layers: [0]       | loads",
        "layers: [3]       | none",
        "layers: [0, 1]    | none",
        "'remove: 2, by: angle' | none",
        "'remove: 1'       | settled",
        "'remove: 1, by: angle' | settled",
        "'remove: 2'       | settled"
      })
  void layersThatAreUnlikeGoWithoutWords(String choice, String note) throws IOException {
    List<String> notes = notes("gemma2", "drop-layers: {" + choice + "}");

    switch (note) {
      case "none" -> assertThat(notes).isEmpty();
      case "loads" ->
          assertThat(notes)
              .containsExactly(
                  "only Assay loads what drop-layers leaves: layers for which the configuration of"
                      + " gemma2 has no words");
      default ->
          assertThat(notes)
              .containsExactly(
                  "whether only Assay loads what drop-layers leaves is settled by which layers go:"
                      + " for some the configuration of gemma2 has no words");
    }
    assertThat(notes("gemma2, typed", "drop-layers: {" + choice + "}")).isEmpty();
    assertThat(notes("llama", "drop-layers: {" + choice + "}")).isEmpty();
  }
}
