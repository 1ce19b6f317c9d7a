package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.SafetensorsFixture;
import dev.assay.engine.fixture.TorchTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that llama.cpp converted and quantized give the logits of its own dequantised weights. */
class GgufArtifactTest extends TorchTest {
  private static final Path ROOM = Goldens.room("artifacts/gguf");

  static Stream<JsonNode> cases() throws IOException {
    JsonNode index = new ObjectMapper().readTree(ROOM.resolve("index.json").toFile());
    return StreamSupport.stream(index.get("cases").spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsAreTheGoldenOnes(JsonNode index) {
    Path directory = ROOM.resolve(index.get("name").asText());
    Checkpoint checkpoint = Checkpoint.open(directory.resolve("model.gguf"));
    ModelFixture fixture =
        new ModelFixture(
            checkpoint,
            new Families().architecture(checkpoint),
            new SafetensorsFixture(directory.resolve("golden.safetensors")));

    NDArray logits = FamilyFixtures.outputs(torch, scope, fixture, checkpoint);

    NDArray golden = fixture.golden().read(scope, "logits");
    assertThat(logits.getShape()).isEqualTo(golden.getShape());
    assertThat(logits.sub(golden).abs().max().getFloat())
        .isLessThan(index.at("/tolerance/max_abs").floatValue());
  }
}
