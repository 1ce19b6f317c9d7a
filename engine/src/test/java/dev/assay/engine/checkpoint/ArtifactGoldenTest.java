package dev.assay.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.export.ExportFormats;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.SafetensorsFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.LanguageModel;
import dev.assay.engine.model.ModelTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checkpoints that the formats' own tools wrote, by the room's index. */
class ArtifactGoldenTest extends TorchTest {
  private static final Path ROOM = Goldens.room("artifacts");
  private static final String WHOLE = "dequant:";
  private static final String FIRST_ROWS = "dequant_first_rows:";

  @TempDir Path directory;

  record Case(String folder, JsonNode json) {
    Checkpoint checkpoint() {
      return Checkpoint.open(ROOM.resolve(folder));
    }

    SafetensorsFixture golden() {
      return new SafetensorsFixture(ROOM.resolve(json.get("file").asText()));
    }

    double tolerance(String what) {
      return json.get("tolerance").required(what).asDouble();
    }

    @Override
    public String toString() {
      return folder;
    }
  }

  static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    new ObjectMapper()
        .readTree(ROOM.resolve("index.json").toFile())
        .get("cases")
        .forEach(json -> cases.add(new Case(json.get("folder").asText(), json)));
    return cases;
  }

  @Test
  void everyFolderIsACase() throws IOException {
    try (Stream<Path> files = Files.walk(ROOM)) {
      List<String> folders =
          files
              .filter(file -> file.endsWith("golden.safetensors"))
              .map(file -> ROOM.relativize(file.getParent()).toString().replace('\\', '/'))
              .toList();
      assertThat(cases().stream().map(Case::folder)).hasSameElementsAs(folders);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void weights(Case each) {
    Checkpoint checkpoint = each.checkpoint();
    List<String> compared = new ArrayList<>();
    each.json()
        .get("tensors")
        .fieldNames()
        .forEachRemaining(
            name -> {
              String tensor = name.substring(name.indexOf(':') + 1);
              if (name.startsWith(WHOLE) || name.startsWith(FIRST_ROWS)) {
                compared.add(tensor);
                NDArray golden = each.golden().read(scope, name);
                NDArray found = rows(checkpoint, tensor, golden.getShape().get(0));
                assertThat(Agreement.of(found, golden).greatestDifference())
                    .as(tensor)
                    .isLessThanOrEqualTo(each.tolerance("dequant_abs"));
              }
            });
    assertThat(compared).isNotEmpty();
  }

  private NDArray rows(Checkpoint checkpoint, String tensor, long rows) {
    String prefix = tensor.substring(0, tensor.length() - ".weight".length());
    NDArray all = checkpoint.linear(torch, scope, prefix).dequantize(torch, scope);
    return all.get("0:" + rows);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logits(Case each) {
    Checkpoint checkpoint = each.checkpoint();

    assertThat(new ModelTensors(checkpoint, new Families().architecture(checkpoint)).strays())
        .isEmpty();
    assertLogits(each, checkpoint);
  }

  /** What is written anew gives the same, whatever its linears were packed in. */
  @ParameterizedTest
  @MethodSource("cases")
  void writtenAnew(Case each) {
    Path target = directory.resolve("safetensors");

    new ExportFormats().of("safetensors").export(torch, each.checkpoint(), target, 1L << 30);

    Checkpoint written = Checkpoint.open(target);
    assertThat(written.quantization()).isEmpty();
    assertThat(written.names()).allMatch(name -> name.endsWith(".weight") || name.endsWith("bias"));
    assertLogits(each, written);
  }

  private void assertLogits(Case each, Checkpoint checkpoint) {
    Architecture architecture = new Families().architecture(checkpoint);
    NDArray golden = each.golden().read(scope, "logits");
    NDArray ids = each.golden().read(scope, "input_ids");
    long[][] rows = new long[Math.toIntExact(ids.getShape().get(0))][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = ids.get(row).toLongArray();
    }
    try (LanguageModel model =
        LanguageModel.load(torch, checkpoint, architecture, Execution.REFERENCE)) {
      NDArray found = model.logits(scope, rows);
      assertThat(Agreement.of(found, golden).greatestDifference())
          .isLessThanOrEqualTo(each.tolerance("logits_abs"));
    }
  }
}
