package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The golden GGUF files, which gguf for Python made of the llama model of the families. */
class GgufFileGoldenTest extends TorchTest {
  static Path file(String type) {
    return Goldens.room("gguf").resolve("llama-" + type + ".gguf");
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

  @Test
  void linearsAreWhatTheirBlocksAllow() {
    String query = "model.layers.1.self_attn.q_proj";
    StoredWeight four = Checkpoint.open(file("Q4_0")).linear(torch, scope, query);
    StoredWeight eight = Checkpoint.open(file("Q8_0")).linear(torch, scope, query);
    StoredWeight half = Checkpoint.open(file("F16")).linear(torch, scope, query);

    assertThat(four).isInstanceOf(QuantizedWeight.class);
    assertThat(four.storedBytes()).isEqualTo(64 * 2 * 18);
    assertThat(eight).isInstanceOf(QuantizedWeight.class);
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
            Execution.packed(torch.device(), DType.BFLOAT16))) {
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
