package dev.assay.harness.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * The baseline has every recipe on every reference model. If a recipe or a model is new, add it to
 * {@code suites/baseline.yaml} and run {@code tools/compare record --missing}. Cells that nobody
 * has recorded yet stand in {@code unrecorded.txt} beside it.
 */
class BaselineFileTest {
  private static final Path ROOT = Path.of(System.getProperty("assay.root", ".."));

  private static List<String> recipes() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("recipes"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .map(name -> name.substring(0, name.length() - ".yaml".length()))
          .toList();
    }
  }

  private static List<String> models() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("models"))) {
      return files
          .filter(directory -> Files.isRegularFile(directory.resolve("config.json")))
          .map(directory -> directory.getFileName().toString())
          .toList();
    }
  }

  /** {@code tools/compare record} writes either part alone as well. */
  @Test
  void whatIsRecordedIsTestedWithoutTheOtherPart(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("baseline.json");
    assertThatThrownBy(() -> BaselineFile.part(file, "times"))
        .isInstanceOf(TestAbortedException.class);
    Files.writeString(file, "{\"schema\": 1, \"times\": {\"cells\": {}}}");

    assertThat(BaselineFile.part(file, "times").has("cells")).isTrue();
    assertThatThrownBy(() -> BaselineFile.part(file, "quality"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("no quality of a baseline is recorded yet");
  }

  @Test
  void everyRecipeOnEveryModelHasItsPerplexityAndTensors() throws IOException {
    List<String> expected = new ArrayList<>();
    for (String model : models()) {
      recipes().forEach(recipe -> expected.add(model + "/" + recipe));
    }
    List<String> later =
        Files.readAllLines(ROOT.resolve("tools/baseline/unrecorded.txt")).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    assertThat(expected).containsAll(later);
    expected.removeAll(later);
    JsonNode quality = BaselineFile.part("quality");
    JsonNode cells = quality.path("cells");

    assertThat(models()).contains("ref-7m", "ref-22m");
    assertThat(cells.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(expected);
    for (JsonNode cell : cells) {
      assertThat(cell.path("perplexity").isDouble()).as("%s", cell).isTrue();
      assertThat(cell.path("perplexity").asDouble()).isGreaterThan(1);
      assertThat(cell.path("tensors").asText()).matches("[0-9a-f]{64}");
      assertThat(quality.path("protocols").has(cell.path("protocol").asText())).isTrue();
    }
  }

  @Test
  void theTimesAreOfASmallAndAMiddlingModelInEachType() throws IOException {
    JsonNode cells = BaselineFile.part("times").path("cells");

    for (String model : List.of("ref-7m", "llama-100m")) {
      for (String recipe : List.of("fp32", "bf16", "rtn-w8", "rtn-w4-g128")) {
        JsonNode cell = cells.path(model + "/" + recipe);
        for (String metric : List.of("timePerOutputToken", "timeToFirstToken")) {
          JsonNode time = cell.path(metric);
          assertThat(time.path("low").asDouble()).as("%s %s", model, recipe).isPositive();
          assertThat(time.path("seconds").asDouble())
              .isBetween(time.path("low").asDouble(), time.path("high").asDouble());
          assertThat(time.path("rounds").size()).isGreaterThanOrEqualTo(3);
        }
      }
    }
  }
}
