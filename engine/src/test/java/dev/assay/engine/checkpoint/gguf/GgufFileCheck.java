package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import org.apache.commons.codec.digest.DigestUtils;

/** A whole file: its header, the value of every tensor, and the logits that they give. */
public final class GgufFileCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    GgufFile header = GgufFile.read(golden.path("gguf"));
    byte[] bytes = Files.readAllBytes(header.file());
    JsonNode metadata = golden.parameter("metadata");
    JsonNode tensors = golden.parameter("tensors");

    assertThat(bytes).hasSize((int) golden.scalar("size"));
    assertThat(header.version()).isEqualTo(metadata.path("GGUF.version").intValue());
    assertThat(header.metadata()).hasSize(metadata.path("GGUF.kv_count").intValue());
    assertThat(header.tensors()).hasSize(tensors.size());
    assertThat(header.tensors().stream().mapToLong(GgufTensor::begin).min().orElseThrow())
        .isEqualTo((long) golden.scalar("data_offset"));
    assertThat(golden.rule("values")).isEqualTo("exact");
    for (GgufTensor tensor : header.tensors()) {
      JsonNode expected = tensors.path(tensor.name());
      checkPlace(tensor, expected);
      assertThat(valueHash(torch, scope, tensor, bytes))
          .as("values of %s", tensor.name())
          .isEqualTo(expected.path("sha256").asText());
    }
    checkLogits(torch, scope, golden);
  }

  private static void checkPlace(GgufTensor tensor, JsonNode expected) {
    assertThat(tensor.type().name()).isEqualTo(expected.path("ggml_type").asText());
    assertThat(tensor.begin()).isEqualTo(expected.path("offset").longValue());
    assertThat(tensor.end() - tensor.begin()).isEqualTo(expected.path("bytes").longValue());
    long[] shape = tensor.shape();
    assertThat(expected.path("ne")).hasSize(shape.length);
    for (int i = 0; i < shape.length; i++) {
      assertThat(shape[shape.length - 1 - i]).isEqualTo(expected.path("ne").get(i).longValue());
    }
  }

  private static String valueHash(
      TorchSession torch, NDManager scope, GgufTensor tensor, byte[] file) {
    float[] values = GgmlValues.of(torch, scope, tensor, file);
    ByteBuffer plain =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    plain.asFloatBuffer().put(values);
    return DigestUtils.sha256Hex(plain.array());
  }

  private static void checkLogits(TorchSession torch, NDManager scope, GoldenCase golden) {
    Checkpoint checkpoint = Checkpoint.open(golden.path("gguf"));
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.reference(torch.device()))) {
      NDArray logits = model.logits(scope, GoldenIds.rows(golden.input(scope, "ids")));
      NDArray expected = golden.tensor(scope, golden.parameter("type").asText());
      assertThat(logits.getShape().get(2)).isEqualTo(expected.getShape().get(1));
      assertThat(Agreement.of(logits.get(":, -1, :"), expected).greatestDifference())
          .isLessThan(golden.tolerance("last_logits_abs"));
    }
  }
}
