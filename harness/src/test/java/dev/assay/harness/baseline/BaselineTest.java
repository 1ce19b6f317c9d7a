package dev.assay.harness.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.harness.run.TestBench;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Some cells of the baseline, taken as {@code tools/compare} takes all of them. */
@Tag("slow")
class BaselineTest {
  private static final Path ROOT = Path.of(System.getProperty("assay.root", ".."));
  private static final double TOLERANCE_PERCENT = 0.01;

  @TempDir Path directory;

  @Test
  void perplexitiesAreThoseOfTheBaseline() throws IOException {
    TestBench bench = new TestBench(directory);
    String suite = ROOT.resolve("suites/baseline.yaml").toString();
    List<String> recipes = List.of("rtn-w4-g128", "gptq-w4-g128");

    Spoken spoken =
        TestBench.say(
            bench.here(
                "run",
                suite,
                "--no-site",
                "--cell",
                "ref-7m/{" + String.join(",", recipes) + "}/*"));

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    RunDirectory run = bench.reports().last("baseline").orElseThrow();
    assertThat(run.results()).hasSize(recipes.size());
    JsonNode quality =
        new ObjectMapper()
            .readTree(ROOT.resolve("tools/baseline/baseline.json").toFile())
            .path("quality");
    for (String cell : run.results().keySet()) {
      Result result = new ResultJson().read(run.result(cell));
      Measurement found = perplexity(result);
      JsonNode expected = quality.path("cells").path("ref-7m/" + result.cell().recipe().name());
      assertThat(found.protocol().id()).isEqualTo(expected.path("protocol").asText());
      assertThat(found.value())
          .as(result.cell().recipe().name())
          .isCloseTo(expected.path("perplexity").asDouble(), withinPercentage(TOLERANCE_PERCENT));
    }
  }

  private static Measurement perplexity(Result result) {
    return result.measurements().stream()
        .filter(each -> each.metric().equals(Metrics.PERPLEXITY))
        .findFirst()
        .orElseThrow();
  }
}
