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

  /** Both learn from the same windows of one teacher, which runs for the first. */
  @Test
  void whatATeacherMadeIsFoundByAnotherRecipe() throws IOException {
    TestBench bench = new TestBench(directory);
    for (String rate : List.of("1e-4", "2e-4")) {
      Files.writeString(
          bench.recipe("taught-" + rate),
          """
          name: taught-%s
          summary: a layer dropped, then taught a little
          stages:
            - drop-layers: {layers: [3]}
            - distill:
                loss: [cached-top-k]
                cache: {k: 16}
                data: {dataset: europarl-en, length: 32, windows: 8}
                training: {steps: 4, batch: 4, learningRate: %s}
          """
              .formatted(rate, rate));
    }
    Path suite =
        bench.suite(
            "training",
            List.of(TestBench.model("ref-7m")),
            List.of("fp32", "taught-1e-4", "taught-2e-4"));

    Spoken spoken = TestBench.say(bench.here("run", suite.toString(), "--progress", "PLAIN"));

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(notes(result(bench, "taught-1e-4"))).contains("8 sequences").contains("made in");
    assertThat(notes(result(bench, "taught-2e-4"))).endsWith("bytes, which was there");
    Spoken listed = TestBench.say(List.of("cache", "list", "--cache", bench.cache().toString()));
    assertThat(listed.out()).contains("what teachers made of texts");
  }

  private static String notes(Result result) {
    List<StageStep> steps = Objects.requireNonNull(result.stages()).steps();
    return Objects.requireNonNull(steps.get(1).training()).notes().get(0);
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
