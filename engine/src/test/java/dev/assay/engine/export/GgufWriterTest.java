package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.checkpoint.gguf.GgufValue;
import dev.assay.engine.checkpoint.gguf.ValueType;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are written, against those that gguf 0.19.0 for Python wrote, and read back. */
class GgufWriterTest extends TorchTest {
  @TempDir Path directory;

  /** The made-up tokenizer of the fixtures: 256 bytes, 256 other tokens. */
  private static Map<String, GgufValue> tokenizer() {
    List<GgufValue> tokens = new ArrayList<>();
    List<GgufValue> scores = new ArrayList<>();
    List<GgufValue> types = new ArrayList<>();
    for (int id = 0; id < 512; id++) {
      boolean isByte = id < 256;
      tokens.add(
          new GgufValue.Text(isByte ? String.format(Locale.ROOT, "<0x%02X>", id) : "tok" + id));
      scores.add(GgufValue.float32(0));
      types.add(new GgufValue.Whole(ValueType.INT32, isByte ? 6 : 1));
    }
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    keys.put("tokenizer.ggml.model", new GgufValue.Text("llama"));
    keys.put("tokenizer.ggml.tokens", new GgufValue.Array(ValueType.STRING, tokens));
    keys.put("tokenizer.ggml.scores", new GgufValue.Array(ValueType.FLOAT32, scores));
    keys.put("tokenizer.ggml.token_type", new GgufValue.Array(ValueType.INT32, types));
    keys.put("tokenizer.ggml.bos_token_id", GgufValue.uint32(1));
    keys.put("tokenizer.ggml.eos_token_id", GgufValue.uint32(2));
    keys.put("tokenizer.ggml.add_bos_token", new GgufValue.Flag(false));
    return keys;
  }

  private static Checkpoint model(String name) {
    return Checkpoint.open(Goldens.room("families").resolve(name));
  }

  private Checkpoint export(Checkpoint source, String format) {
    Path target = directory.resolve(format + ".gguf");
    new ExportFormats().of(format).export(torch, source, target, 1);
    return Checkpoint.open(target);
  }

  @ParameterizedTest
  @EnumSource(
      value = GgmlType.class,
      names = {"F16", "Q8_0", "Q4_0"})
  void filesAreTheGoldenOnesByteForByte(GgmlType type) {
    Path target = directory.resolve("model.gguf");

    new GgufWriter(torch, type).write(model("llama"), "tiny-llama-fixture", tokenizer(), target);

    assertThat(target)
        .hasSameBinaryContentAs(Goldens.room("gguf").resolve("llama-" + type + ".gguf"));
  }

  /** A file that is read and written again in its own type is the same, its tokenizer too. */
  @ParameterizedTest
  @CsvSource({"F16, gguf-f16", "Q8_0, gguf-q8_0", "Q4_0, gguf-q4_0"})
  void whatIsReadIsWrittenBack(String type, String format) {
    Path golden = Goldens.room("gguf").resolve("llama-" + type + ".gguf");

    Checkpoint again = export(Checkpoint.open(golden), format);

    assertThat(again.path()).hasSameBinaryContentAs(golden);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "phi3", "phi3_longrope", "gpt2"})
  void modelComesBackInHalves(String name) {
    Checkpoint source = model(name);

    Checkpoint read = export(source, "gguf-f16");

    assertThat(read.names()).isEqualTo(source.names());
    for (String tensor : source.names()) {
      try (NDManager each = scope.newSubManager()) {
        // Positions stay in float32, as llama.cpp leaves them.
        boolean matrix = source.info(tensor).shape().dimension() == 2 && !tensor.contains(".wpe.");
        NDArray values = source.tensor(torch, each, tensor);
        NDArray expected =
            torch.tensors().cast(each, values, matrix ? DType.FLOAT16 : DType.FLOAT32);
        NDArray found = read.tensor(torch, each, tensor);
        assertThat(found.getShape()).as(tensor).isEqualTo(values.getShape());
        assertThat(torch.tensors().floats(found))
            .as(tensor)
            .isEqualTo(torch.tensors().floats(expected));
      }
    }
    assertSame(source.config(), read.config());
  }

  /** Keys that the families read; a default may stand where the source says nothing. */
  private static void assertSame(JsonNode source, JsonNode read) {
    for (String key :
        List.of(
            "model_type",
            "vocab_size",
            "hidden_size",
            "intermediate_size",
            "num_hidden_layers",
            "num_attention_heads",
            "num_key_value_heads",
            "max_position_embeddings",
            "original_max_position_embeddings",
            "partial_rotary_factor",
            "rms_norm_eps",
            "rope_theta",
            "sliding_window",
            "tie_word_embeddings",
            "hidden_act",
            "n_embd",
            "n_layer",
            "n_head",
            "n_positions",
            "layer_norm_epsilon",
            "activation_function")) {
      // Qwen 2's window is switched off, and GGUF has no place for one.
      boolean unused =
          key.equals("sliding_window") && !source.path("use_sliding_window").asBoolean(true);
      boolean byDefault = key.equals("partial_rotary_factor") && source.path(key).asDouble() == 1;
      if (source.hasNonNull(key) && !unused && !byDefault) {
        assertThat(read.path(key).asText()).as(key).isEqualTo(source.path(key).asText());
      }
    }
    for (String factors : List.of("short_factor", "long_factor")) {
      assertThat(read.path("rope_scaling").path(factors))
          .isEqualTo(source.path("rope_scaling").path(factors));
    }
  }

  @Test
  void quantizedModelIsNearTheSource() {
    Checkpoint source = model("qwen2");
    Checkpoint read = export(source, "gguf-q4_0");
    String name = "model.layers.0.mlp.up_proj.weight";

    NDArray values = torch.tensors().cast(scope, source.tensor(torch, scope, name), DType.FLOAT32);
    NDArray difference = values.sub(read.tensor(torch, scope, name)).abs();

    // A block's step is an eighth of its largest weight, and no value is off by more than one.
    float step = values.abs().max().getFloat() / 8;
    assertThat(difference.max().getFloat()).isBetween(step / 8, step * 1.001f);
    assertThat(read.info(name).bytes()).isEqualTo(source.info(name).elements() / 32 * 18);
  }

  @Test
  void normsOfGemmaAreStoredGreaterByOne() throws IOException {
    Checkpoint source = TinyGemma.write(torch, directory.resolve("gemma"));

    Checkpoint read = export(source, "gguf-f16");

    GgufFile header = GgufFile.read(directory.resolve("gguf-f16.gguf"));
    assertThat(header.floats(header.tensor("output_norm.weight").orElseThrow()))
        .containsOnly(1.25f);
    assertThat(read.tensor(torch, scope, "model.norm.weight").toFloatArray()).containsOnly(0.25f);
    assertThat(read.names()).isEqualTo(source.names());
    for (Map.Entry<String, JsonNode> entry : source.config().properties()) {
      if (!entry.getKey().equals("torch_dtype")) {
        assertThat(read.config().path(entry.getKey()).asText())
            .as(entry.getKey())
            .isEqualTo(entry.getValue().asText());
      }
    }
  }

  @Test
  void gpt2StandsTransposedInTheFile() {
    Checkpoint source = model("gpt2");
    export(source, "gguf-f16");

    GgufFile header = GgufFile.read(directory.resolve("gguf-f16.gguf"));
    long[] huggingFace = source.info("transformer.h.0.attn.c_attn.weight").shape().getShape();
    assertThat(header.tensor("blk.0.attn_qkv.weight").orElseThrow().shape())
        .containsExactly(huggingFace[1], huggingFace[0]);
  }

  @Test
  void plainTensorsComeOutOfBlocks() {
    Checkpoint source = Checkpoint.open(Goldens.room("gguf").resolve("llama-Q8_0.gguf"));
    Path target = directory.resolve("plain");

    new ExportFormats().of("safetensors").export(torch, source, target, 100_000);

    Checkpoint read = Checkpoint.open(target);
    assertThat(read.names()).isEqualTo(source.names());
    assertThat(read.config().get("torch_dtype").asText()).isEqualTo("float32");
    for (String name : source.names()) {
      try (NDManager each = scope.newSubManager()) {
        assertThat(read.tensor(torch, each, name).toFloatArray())
            .as(name)
            .isEqualTo(source.tensor(torch, each, name).toFloatArray());
      }
    }
    assertThat(target.resolve("model.safetensors.index.json")).exists();
  }

  /** Q4_0's grid is written as GPTQ's, and a packed model as GGUF, without a value changing. */
  @Test
  void fourBitsGoToGptqAndBack() {
    Path golden = Goldens.room("gguf").resolve("llama-Q4_0.gguf");
    Checkpoint source = Checkpoint.open(golden);
    Path packed = directory.resolve("packed");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, packed)) {
      for (String name : source.names()) {
        try (NDManager each = scope.newSubManager()) {
          if (name.endsWith("_proj.weight")) {
            String prefix = name.substring(0, name.length() - ".weight".length());
            writer.putLinear(prefix, source.linear(torch, each, prefix));
          } else {
            writer.put(name, source.tensor(torch, each, name));
          }
        }
      }
      writer.finish(source, "float32");
    }
    Checkpoint gptq = Checkpoint.open(packed);
    assertThat(gptq.quantization().orElseThrow().groupSize()).isEqualTo(32);
    assertThat(gptq.has("model.layers.0.mlp.up_proj.qweight")).isTrue();

    Path again = directory.resolve("again.gguf");
    new GgufWriter(torch, GgmlType.Q4_0).write(gptq, "tiny-llama-fixture", tokenizer(), again);

    assertThat(again).hasSameBinaryContentAs(golden);
  }

  @Test
  void valuesThatHalvesCannotHoldAreRefused() {
    Checkpoint source = model("llama");
    Path large = directory.resolve("large");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, large)) {
      for (String name : source.names()) {
        NDArray tensor = source.tensor(torch, scope, name);
        boolean scaled = name.equals("lm_head.weight");
        writer.put(name, scaled ? tensor.mul(1e6f) : tensor);
      }
      writer.finish(source, "float32");
    }

    assertThatThrownBy(() -> export(Checkpoint.open(large), "gguf-q8_0"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(large + ": lm_head.weight: found a value of magnitude")
        .hasMessageContaining("expected at most 65504.0 for Q8_0");
    assertThat(directory.resolve("gguf-q8_0.gguf")).doesNotExist();
  }

  @Test
  void existingFileIsLeftAlone() throws IOException {
    Path target = Files.writeString(directory.resolve("gguf-f16.gguf"), "mine");

    assertThatThrownBy(() -> export(model("llama"), "gguf-f16"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(target + ": exists already");

    assertThat(target).hasContent("mine");
    assertNothingElse();
  }

  @Test
  void architectureWithoutAPlaceIsNamed() throws IOException {
    assertThatThrownBy(() -> export(model("opt"), "gguf-f16"))
        .hasMessageContaining(
            "key model_type: found 'opt', expected one of llama, mistral, mixtral, qwen2");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  private void assertNothingElse() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
  }
}
