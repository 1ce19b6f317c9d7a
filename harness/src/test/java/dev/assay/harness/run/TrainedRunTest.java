package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.result.StageTraining;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of a recipe that trains. */
@Tag("slow")
class TrainedRunTest {
  @TempDir Path directory;

  @Test
  void whatTrainingCostIsInTheResultAndOnThePages() throws IOException {
    TestBench bench = new TestBench(directory);
    Files.writeString(
        bench.recipe("trained"),
        """
        name: trained
        summary: two layers dropped, then taught a little
        stages:
          - drop-layers: {remove: 2, by: influence}
          - distill:
              data: {dataset: europarl-en, length: 64, windows: 32}
              training:
                steps: 20
                batch: 4
                evaluation: {every: 10, windows: 4}
        """);
    Path suite =
        bench.suite("training", List.of(TestBench.model("ref-7m")), List.of("fp32", "trained"));

    Spoken spoken = TestBench.say(bench.here("run", suite.toString(), "--progress", "PLAIN"));

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    Result trained = result(bench, "trained");
    List<StageStep> steps = Objects.requireNonNull(trained.stages()).steps();
    assertThat(steps.get(0).training()).isNull();
    StageTraining training = Objects.requireNonNull(steps.get(1).training());
    assertThat(training.losses()).hasSize(20);
    assertThat(training.looks()).extracting(StageTraining.Look::steps).containsExactly(10, 20);
    assertThat(training.tokens()).isEqualTo(20 * 4 * 64);
    assertThat(training.arithmetic()).isEqualTo("float32");
    assertThat(training.device()).isEqualTo("cpu");
    assertThat(training.teacherFlops()).isPositive();
    assertThat(metric(trained, Metrics.TRAINING_FLOPS)).isEqualTo(training.flops());
    assertThat(metric(trained, Metrics.TRAINING_TOKENS)).isEqualTo((double) training.tokens());
    assertThat(metric(trained, Metrics.TRAINING_TIME)).isEqualTo(training.seconds());
    assertThat(result(bench, "fp32").measurements())
        .extracting(Measurement::metric)
        .doesNotContain(Metrics.TRAINING_FLOPS);
    Path site = bench.reports().site();
    assertThat(Files.readString(site.resolve("index.html"))).contains("pareto-trainingFlops");
    try (Stream<Path> pages = Files.list(site.resolve("cells"))) {
      assertThat(pages.filter(TrainedRunTest::showsTraining)).hasSize(1);
    }
  }

  private static boolean showsTraining(Path page) {
    try {
      return Files.readString(page).contains("<section id=\"training\">");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Result result(TestBench bench, String recipe) throws IOException {
    List<Result> results = new ArrayList<>();
    Path run = bench.reports().last("training").orElseThrow().path();
    try (Stream<Path> files = Files.list(run.resolve("results"))) {
      for (Path file : files.sorted().toList()) {
        results.add(new ResultJson().read(file));
      }
    }
    return results.stream()
        .filter(each -> each.cell().recipe().name().equals(recipe))
        .findFirst()
        .orElseThrow();
  }

  private static double metric(Result result, String name) {
    return result.measurements().stream()
        .filter(each -> each.metric().equals(name))
        .findFirst()
        .map(Measurement::value)
        .orElseThrow();
  }
}
