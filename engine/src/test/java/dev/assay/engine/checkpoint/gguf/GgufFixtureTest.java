package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.SafetensorsFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.linear.BlockWeight;
import dev.assay.engine.linear.DenseWeight;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.linear.QuantizedWeight;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.model.LanguageModel;
import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The GGUF fixtures, which gguf 0.19.0 for Python made of the llama fixture. */
class GgufFixtureTest extends TorchTest {
  private static final double LOGITS_TOLERANCE = 2e-4;

  static Path file(String type) {
    return ModelFixture.shared("fixtures/gguf/llama-" + type + ".gguf");
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "Q8_0", "Q4_0"})
  void headerIsThatOfTheIndex(String type) throws IOException {
    GgufFile header = GgufFile.read(file(type));
    JsonNode index =
        new ObjectMapper()
            .readTree(ModelFixture.shared("fixtures/gguf/index.json").toFile())
            .get(type);

    assertThat(header.version()).isEqualTo(3);
    assertThat(header.metadata()).hasSize(index.at("/metadata/GGUF.kv_count").intValue());
    assertThat(header.tensors()).hasSize(index.get("tensors").size());
    for (GgufTensor tensor : header.tensors()) {
      JsonNode golden = index.get("tensors").get(tensor.name());
      assertThat(tensor.type().name()).isEqualTo(golden.get("ggml_type").asText());
      assertThat(tensor.begin()).isEqualTo(golden.get("offset").longValue());
      assertThat(tensor.end() - tensor.begin()).isEqualTo(golden.get("bytes").longValue());
      long[] shape = tensor.shape();
      for (int i = 0; i < shape.length; i++) {
        assertThat(shape[shape.length - 1 - i]).isEqualTo(golden.get("ne").get(i).longValue());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q8_0", "Q4_0"})
  void blocksOfEveryTensorAreDecodedToTheLastBit(String type) throws IOException {
    GgufFile header = GgufFile.read(file(type));
    byte[] bytes = Files.readAllBytes(header.file());
    SafetensorsFixture golden =
        new SafetensorsFixture(
            ModelFixture.shared("fixtures/gguf/llama-" + type + ".dequant.safetensors"));
    for (GgufTensor tensor : header.tensors()) {
      if (tensor.type().quantized()) {
        ByteBuffer blocks =
            ByteBuffer.wrap(bytes, (int) tensor.begin(), (int) (tensor.end() - tensor.begin()))
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[(int) Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b)];
        tensor.type().decode(blocks, values);

        assertThat(values)
            .as(tensor.name())
            .isEqualTo(golden.read(scope, tensor.name()).toFloatArray());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = GgmlType.class,
      names = {"Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1"})
  void blockVectorsAreDecodedToTheLastBit(GgmlType type) {
    SafetensorsFixture golden =
        new SafetensorsFixture(ModelFixture.shared("fixtures/gguf/blocks.safetensors"));
    byte[] bytes = golden.read(scope, type + ".bytes").toByteArray();
    float[] expected = golden.read(scope, type + ".dequant").toFloatArray();

    float[] values = new float[expected.length];
    type.decode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), values);

    assertThat(values).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(
      value = GgmlType.class,
      names = {"Q8_0", "Q4_0"})
  void valuesAreRoundedToTheBytesOfTheVectors(GgmlType type) {
    SafetensorsFixture golden =
        new SafetensorsFixture(ModelFixture.shared("fixtures/gguf/blocks.safetensors"));
    byte[] expected = golden.read(scope, type + ".bytes").toByteArray();

    ByteBuffer bytes = ByteBuffer.allocate(expected.length).order(ByteOrder.LITTLE_ENDIAN);
    type.encode(golden.read(scope, "x").toFloatArray(), bytes);

    assertThat(bytes.array()).isEqualTo(expected);
  }

  /** All rows are back in their places, so the tensors are the source's, rounded to float16. */
  @Test
  void halvesAreTheSourcesTensorsUnderTheirNames() {
    Checkpoint source = ModelFixture.of("llama").checkpoint();
    Checkpoint halves = Checkpoint.open(file("F16"));

    assertThat(halves.names()).isEqualTo(source.names());
    assertThat(halves.parameters()).isEqualTo(source.parameters());
    for (String name : source.names()) {
      try (NDManager each = scope.newSubManager()) {
        NDArray expected =
            torch.tensors().cast(each, source.tensor(torch, each, name), halves.info(name).dtype());
        NDArray found = halves.tensor(torch, each, name);
        assertThat(torch.tensors().floats(found))
            .as(name)
            .isEqualTo(torch.tensors().floats(expected));
      }
    }
  }

  @Test
  void configurationIsTheSources() {
    JsonNode source = ModelFixture.of("llama").checkpoint().config();
    JsonNode config = Checkpoint.open(file("Q8_0")).config();

    for (Map.Entry<String, JsonNode> entry : config.properties()) {
      // A file has a type and a name of its own.
      if (!List.of("torch_dtype", "_name_or_path").contains(entry.getKey())) {
        JsonNode expected = source.path(entry.getKey());
        if (expected.isObject()) {
          assertThat(entry.getValue()).isEqualTo(expected);
        } else {
          assertThat(entry.getValue().toString()).as(entry.getKey()).isEqualTo(expected.toString());
        }
      }
    }
    assertThat(new Families().architecture(config).spec())
        .isEqualTo(new Families().architecture(source).spec());
  }

  @ParameterizedTest
  @CsvSource({"F16, false", "Q8_0, true", "Q4_0, true"})
  void lastLogitsAreTheGoldenOnes(String type, boolean simulated) {
    ModelFixture llama = ModelFixture.of("llama");
    Checkpoint checkpoint = Checkpoint.open(file(type));
    float[] golden =
        new SafetensorsFixture(ModelFixture.shared("fixtures/gguf/last_logits.safetensors"))
            .read(scope, type)
            .toFloatArray();

    try (LanguageModel model =
        LanguageModel.load(
            torch, checkpoint, new Families().architecture(checkpoint), Execution.REFERENCE)) {
      NDArray logits = model.logits(scope, llama.ids(scope, "input_ids"));
      Shape shape = logits.getShape();
      float[] last = logits.get(":, -1, :").toFloatArray();

      assertThat(shape).isEqualTo(new Shape(2, 33, 512));
      for (int i = 0; i < golden.length; i++) {
        assertThat(Math.abs(last[i] - golden[i])).isLessThan((float) LOGITS_TOLERANCE);
      }
      assertThat(model.simulated()).isEqualTo(simulated);
    }
  }

  @Test
  void linearsAreWhatTheirBlocksAllow() {
    String query = "model.layers.1.self_attn.q_proj";
    StoredWeight four = Checkpoint.open(file("Q4_0")).linear(torch, scope, query);
    StoredWeight eight = Checkpoint.open(file("Q8_0")).linear(torch, scope, query);
    StoredWeight half = Checkpoint.open(file("F16")).linear(torch, scope, query);

    assertThat(four).isInstanceOf(QuantizedWeight.class);
    assertThat(four.storedBytes()).isEqualTo(64 * 2 * 18);
    assertThat(eight).isInstanceOf(BlockWeight.class);
    assertThat(eight.storedBytes()).isEqualTo(64 * 2 * 34);
    assertThat(half).isInstanceOf(DenseWeight.class);
    assertThat(half.storedBytes()).isEqualTo(64 * 64 * 2);
  }

  /** The grid and the decoder are two ways to the same values. */
  @Test
  void gridHasTheDecodersValues() {
    Checkpoint checkpoint = Checkpoint.open(file("Q4_0"));
    for (String name : checkpoint.names()) {
      if (checkpoint.info(name).shape().dimension() == 2) {
        try (NDManager each = scope.newSubManager()) {
          String prefix = name.substring(0, name.length() - ".weight".length());
          NDArray values = checkpoint.linear(torch, each, prefix).dequantize(torch, each);
          assertThat(values.toFloatArray())
              .as(name)
              .isEqualTo(checkpoint.tensor(torch, each, name).toFloatArray());
        }
      }
    }
  }

  @Test
  void fourBitsRunPacked() {
    Checkpoint checkpoint = Checkpoint.open(file("Q4_0"));
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.packed(DType.BFLOAT16))) {
      assertThat(model.simulated()).isFalse();
      assertThat(model.linears()).allMatch(linear -> linear.form().startsWith("int4 packed"));
    }
  }

  @ParameterizedTest
  @CsvSource({"F16, 390912", "Q8_0, 208512", "Q4_0, 111232"})
  void bytesAreThoseOfTheFile(String type, long weightBytes) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(file(type));

    assertThat(checkpoint.weightBytes()).isEqualTo(weightBytes);
    assertThat(checkpoint.fileBytes()).isEqualTo(Files.size(file(type)));
  }

  @Test
  void hashDependsOnWhatIsStored() {
    assertThat(Checkpoint.open(file("Q8_0")).sha256())
        .isEqualTo(Checkpoint.open(file("Q8_0")).sha256())
        .isNotEqualTo(Checkpoint.open(file("Q4_0")).sha256());
  }
}
