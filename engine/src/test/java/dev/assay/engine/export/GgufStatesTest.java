package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fixture.Variant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A GGUF file states all that its model's configuration says, or is not written. */
class GgufStatesTest extends TorchTest {
  @TempDir Path directory;

  /** Takes keys out of a configuration and sets others. */
  private static void change(ObjectNode config, String json) {
    try {
      JsonNode changes = new ObjectMapper().readTree(json);
      changes.get("drop").forEach(key -> config.remove(key.asText()));
      config.setAll((ObjectNode) changes.get("set"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String changes(String drop, String set) {
    return "{\"drop\": [" + drop + "], \"set\": {" + set + "}}";
  }

  private Checkpoint variant(Checkpoint source, String drop, String set) {
    return Variant.of(source)
        .config(config -> change(config, changes(drop, set)))
        .open(directory.resolve("variant"));
  }

  private Path export(Checkpoint source) {
    Path file = directory.resolve("model.gguf");
    new ExportFormats().of("gguf-f16").export(torch, source, file, 1L << 30);
    return file;
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "llama, hidden_act, '\"hidden_act\": \"gelu\"', 'expected silu'",
        "qwen2, hidden_act, '\"hidden_act\": \"relu\"', 'expected silu'",
        "phi3, hidden_act, '\"hidden_act\": \"gelu_new\"', 'expected silu'",
        "gpt2, activation_function, '\"activation_function\": \"relu\"', 'expected gelu_new'",
        "gpt2, activation_function, '\"activation_function\": \"gelu\"', 'expected gelu_new'",
        "qwen2, use_sliding_window, '\"use_sliding_window\": true, \"sliding_window\": 8,"
            + " \"max_window_layers\": 1', 'expected false'",
        "qwen2, use_sliding_window, '\"use_sliding_window\": true, \"sliding_window\": 8,"
            + " \"layer_types\": [\"full_attention\", \"sliding_attention\"]', 'expected false'",
        "llama, partial_rotary_factor, '\"partial_rotary_factor\": 0.5, \"rope_scaling\": null',"
            + " 'expected 1'",
      })
  void whatLayersComputeOtherwiseIsRefused(String family, String key, String set, String expected) {
    Checkpoint source = variant(ModelFixture.of(family).checkpoint(), "", set);

    assertThatThrownBy(() -> export(source))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("config.json: key " + key + ": found ")
        .hasMessageContaining(expected);
    assertThat(directory.resolve("model.gguf")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "hidden_activation, '\"hidden_activation\": \"gelu\"'",
        "query_pre_attn_scalar, '\"query_pre_attn_scalar\": 16'",
        "layer_types, '\"layer_types\": [\"full_attention\"]'",
        "sliding_window, '\"sliding_window\": 0'",
        "attn_logit_softcapping, '\"attn_logit_softcapping\": null'",
        "final_logit_softcapping, '\"final_logit_softcapping\": 0'",
      })
  void whatGemmaComputesOtherwiseIsRefused(String key, String set) throws IOException {
    Checkpoint source = variant(TinyGemma.write(torch, directory.resolve("gemma")), "", set);

    assertThatThrownBy(() -> export(source))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("config.json: key " + key + ": found ");
  }

  @Test
  void scalingOfGemmaIsStated() throws IOException {
    String scaling = "\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 4.0}";
    Checkpoint source = variant(TinyGemma.write(torch, directory.resolve("gemma")), "", scaling);

    JsonNode read = Checkpoint.open(export(source)).config();

    assertThat(read.get("rope_scaling")).isEqualTo(source.config().get("rope_scaling"));
  }

  /** What is said in another place or by another name is written all the same. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "gpt2, '\"n_positions\"', '\"max_position_embeddings\": 64'",
        "gpt2, '\"n_embd\", \"n_head\", \"n_layer\"',"
            + " '\"hidden_size\": 64, \"num_attention_heads\": 4, \"num_hidden_layers\": 3'",
        "gpt2, '', '\"activation_function\": \"gelu_pytorch_tanh\"'",
        "llama, '', '\"hidden_act\": \"swish\"'",
        "qwen2, '', '\"use_sliding_window\": true, \"sliding_window\": 8'",
        "llama, '\"rope_scaling\", \"rope_theta\"', '\"rope_parameters\": {\"full_attention\":"
            + " {\"rope_type\": \"linear\", \"factor\": 2.0, \"rope_theta\": 500.0}}'",
        "phi3, '', '\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2.0}'",
        "phi3_longrope, '\"original_max_position_embeddings\"', '\"rope_scaling\":"
            + " {\"rope_type\": \"longrope\", \"original_max_position_embeddings\": 16,"
            + " \"long_factor\": [1.0, 1.3, 2.1, 3.7, 5.2, 8.1],"
            + " \"short_factor\": [1.0, 1.05, 1.1, 1.2, 1.35, 1.6]}'",
        "phi3_longrope, '\"rope_scaling\", \"original_max_position_embeddings\"',"
            + " '\"rope_parameters\": {\"rope_type\": \"longrope\", \"rope_theta\": 500.0,"
            + " \"original_max_position_embeddings\": 16, \"partial_rotary_factor\": 0.75,"
            + " \"attention_factor\": 1.75,"
            + " \"long_factor\": [1.0, 1.3, 2.1, 3.7, 5.2, 8.1],"
            + " \"short_factor\": [1.0, 1.05, 1.1, 1.2, 1.35, 1.6]}'",
        "phi3_longrope, '\"original_max_position_embeddings\"', '\"rope_scaling\":"
            + " {\"rope_type\": \"longrope\", \"factor\": 32.0,"
            + " \"long_factor\": [1.0, 1.3, 2.1, 3.7, 5.2, 8.1],"
            + " \"short_factor\": [1.0, 1.05, 1.1, 1.2, 1.35, 1.6]}'",
      })
  void whatIsSaidElsewhereIsStated(String family, String drop, String set) {
    ModelFixture plain = ModelFixture.of(family);
    Checkpoint source = variant(plain.checkpoint(), drop, set);
    Checkpoint read = Checkpoint.open(export(source));

    NDArray expected = outputs(plain, source);
    NDArray found = outputs(plain, read);

    assertThat(found.sub(expected).abs().max().getFloat()).isLessThan(5e-2f);
  }

  private NDArray outputs(ModelFixture plain, Checkpoint checkpoint) {
    ModelFixture fixture =
        new ModelFixture(checkpoint, new Families().architecture(checkpoint), plain.golden());
    return FamilyFixtures.outputs(torch, scope, fixture, checkpoint);
  }

  /** Keys hold 32 bits; more positions than anybody runs are as good as the most that they say. */
  @ParameterizedTest
  @CsvSource({
    "2147483648, 2147483648",
    "4294967295, 4294967295",
    "1000000000000, 4294967295",
    "100000000000000000000, 4294967295"
  })
  void longContextsAreStated(String context, long expected) {
    Checkpoint source =
        variant(
            ModelFixture.of("qwen2").checkpoint(), "", "\"max_position_embeddings\": " + context);

    Checkpoint read = Checkpoint.open(export(source));

    assertThat(read.config().get("max_position_embeddings").longValue()).isEqualTo(expected);
    assertThat(new Families().architecture(read).spec().contextLength())
        .isEqualTo(Integer.MAX_VALUE);
  }
}
