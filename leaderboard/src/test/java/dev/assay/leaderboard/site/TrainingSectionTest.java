package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.StageSize;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.result.StageTraining;
import dev.assay.leaderboard.result.Staircase;
import dev.assay.leaderboard.result.TrainingEnergy;
import dev.assay.leaderboard.site.sample.SampleSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pages show of stages that trained. */
class TrainingSectionTest {
  private static final Ceiling GEMM =
      new Ceiling("compute", "gemm", "float32", 1e13, "FLOP/s", "measured", "a product", List.of());

  @TempDir Path folder;

  private static Result trained(StageTraining how) {
    return ResultBuilder.of("distill").trained(how).build();
  }

  /** The same beside other stages and ceilings. */
  private static Result with(Result result, Staircase stages, List<Ceiling> ceilings) {
    return new Result(
        result.schemaVersion(),
        result.run(),
        result.cell(),
        result.identity(),
        result.status(),
        result.failure(),
        result.startedAt(),
        result.finishedAt(),
        result.measurements(),
        result.artifact(),
        result.calibration(),
        result.linears(),
        result.check(),
        result.inputs(),
        stages,
        ceilings,
        result.roofline(),
        result.environment());
  }

  private static Staircase stages(Result result) {
    Staircase stages = result.stages();
    assertThat(stages).isNotNull();
    return stages;
  }

  private Document page(Result result) throws IOException {
    Path site = SampleSite.write(folder.resolve("site"), List.of(result));
    return SitePages.parse(SitePages.html(site.resolve("cells")).get(0));
  }

  private static String row(Element section, String figure) {
    return section.select("table tbody tr").stream()
        .filter(each -> each.select("th").text().equals(figure))
        .findFirst()
        .orElseThrow()
        .text();
  }

  private static StageTraining of(List<Double> losses, List<StageTraining.Look> looks) {
    return new StageTraining(
        List.of("labels"), losses, looks, null, 64, 0, 1, 0, 0, null, "cpu", List.of());
  }

  @Test
  void showsLossesOfStepsAndLooksAsLinesAndInATable() throws IOException {
    Element section = page(trained(ResultBuilder.training())).select("#training").first();

    assertThat(section).isNotNull();
    assertThat(section.select("h3").text()).isEqualTo("gptq");
    assertThat(section.select("svg polyline.train").attr("points").split(" ")).hasSize(4);
    assertThat(section.select("svg polyline.held").attr("points").split(" ")).hasSize(2);
    assertThat(section.select("svg circle.held")).hasSize(2);
    assertThat(section.select("svg").attr("aria-label")).contains("table below");
    assertThat(section.select("svg text.level").eachText())
        .containsExactly("4.250", "4.688", "5.125", "5.563", "6.000");
    assertThat(section.select("svg text.step").eachText()).containsExactly("0", "2", "4");
    assertThat(section.select("figcaption").text())
        .contains("the sum of hinton, labels", "teacher 1 reads other tokens");
    assertThat(section.select("details tbody tr").eachText())
        .containsExactly("2, taken 5.500 5.500 1.500 4.000", "4 4.375 5.750 1.250 4.500");
  }

  /** Losses of other terms cannot be compared, what is thought of labels can. */
  @Test
  void showsThePerplexityOfLooksThatTellIt() throws IOException {
    StageTraining.Look look = new StageTraining.Look(1, 2.5, List.of(2.5), Math.log(20));
    Element section = page(trained(of(List.of(3.0), List.of(look)))).select("#training").first();

    assertThat(section).isNotNull();
    assertThat(section.select("details thead th").eachText())
        .containsExactly(
            "Steps", "Loss, learned from", "Loss, held out", "Perplexity of labels, held out");
    assertThat(section.select("details tbody tr").eachText())
        .containsExactly("1 3.000 2.500 20.00");
  }

  /** The first look lies right of the first step, and the worst of all at the top. */
  @Test
  void drawsBothOnTheSameAxes() throws IOException {
    Document page = page(trained(ResultBuilder.training()));

    assertThat(page.select("#training polyline.train").attr("points"))
        .isEqualTo("224.5,12.0 385.0,128.6 545.5,186.9 706.0,216.0");
    assertThat(page.select("#training polyline.held").attr("points"))
        .isEqualTo("385.0,70.3 706.0,41.1");
  }

  @Test
  void whatWasDoneBeforeTheStepsIsNotDividedByTheirTime() throws IOException {
    StageTraining training = ResultBuilder.training();

    assertThat(row(section(training), "Achieved")).contains("3 TFLOP/s");
    assertThat(row(section(training.untimed(5e12)), "Achieved")).contains("2 TFLOP/s");
    assertThat(row(section(training.untimed(5e12)), "FLOPs of the student")).contains("12 TFLOP");
  }

  @Test
  void energyIsShownOrWhyThereIsNone() throws IOException {
    StageTraining training = ResultBuilder.training();
    Element counted = section(training.took(TrainingEnergy.of(1500)));
    Element uncounted = section(training.took(TrainingEnergy.unmeasured("no counter")));

    assertThat(row(counted, "Energy"))
        .isEqualTo("Energy 1,500 J measured the whole stage, processor and memory");
    assertThat(row(uncounted, "Energy")).isEqualTo("Energy – unsupported no counter");
    assertThat(section(training).select("table tbody th").eachText()).doesNotContain("Energy");
  }

  private Element section(StageTraining training) throws IOException {
    return Objects.requireNonNull(page(trained(training)).select("#training").first());
  }

  @Test
  void saysOfEachFigureHowItWasObtained() throws IOException {
    Result result = trained(ResultBuilder.training());
    Element section = page(with(result, stages(result), List.of(GEMM))).select("#training").first();

    assertThat(section).isNotNull();
    assertThat(row(section, "Tokens")).startsWith("Tokens 32,768 computed");
    assertThat(row(section, "Time")).startsWith("Time 5 s measured");
    assertThat(row(section, "Tokens a second")).contains("6,554 tokens/s measured");
    assertThat(row(section, "FLOPs of the student")).contains("12 TFLOP computed");
    assertThat(row(section, "FLOPs of teachers")).contains("3 TFLOP computed");
    assertThat(row(section, "Achieved")).contains("3 TFLOP/s computed");
    assertThat(row(section, "MFU"))
        .isEqualTo("MFU 30.0 % computed achieved / measured gemm of float32, 10 TFLOP/s");
  }

  @Test
  void takesNoUtilizationAgainstAnotherArithmeticOrDevice() throws IOException {
    Element section = page(trained(ResultBuilder.training())).select("#training").first();

    assertThat(section).isNotNull();
    assertThat(row(section, "MFU"))
        .isEqualTo("MFU – unsupported no ceiling is known: measured gemm of float32 on cpu");
  }

  @Test
  void marksWhatRestsOnADisturbedTime() throws IOException {
    Result result =
        ResultBuilder.of("distill")
            .trained(ResultBuilder.training())
            .with(ResultBuilder.measured(Metrics.TRAINING_TIME, 5, null, 5.0).taken("a hog", null))
            .build();
    Element section = page(with(result, stages(result), List.of(GEMM))).select("#training").first();

    assertThat(section).isNotNull();
    assertThat(row(section, "Time")).contains("measured, disturbed");
    assertThat(row(section, "MFU")).contains("computed, disturbed");
    assertThat(row(section, "Tokens")).doesNotContain("disturbed");
  }

  @Test
  void setsWhatWasGainedBesideWhatWasSpent() throws IOException {
    Result result = trained(ResultBuilder.training());
    StageSize size = stages(result).start();
    Measurement before = ResultBuilder.measured(Metrics.PERPLEXITY, 25, null, 25.0);
    Measurement after = ResultBuilder.measured(Metrics.PERPLEXITY, 12.5, null, 12.5);
    Staircase stairs =
        new Staircase(
            size,
            List.of(
                new StageStep("drop-layers", 1, size, before, null),
                new StageStep("distill", 6, size, after, null).trained(ResultBuilder.training())));
    Element section = page(with(result, stairs, List.of())).select("#training").first();

    assertThat(section).isNotNull();
    assertThat(row(section, "Perplexity")).contains("25.00 → 12.50 measured");
    assertThat(row(section, "Gained")).contains("0.6931 nats a token computed");
    assertThat(row(section, "Gained for what was spent"))
        .contains("0.0462 nats a token for 1 TFLOP computed");
  }

  @Test
  void oneStepWithoutLooksAndTimeHasAPageToo() throws IOException {
    Element section = page(trained(of(List.of(2.5), List.of()))).select("#training").first();

    assertThat(section).isNotNull();
    assertThat(section.select("svg circle.train")).hasSize(1);
    assertThat(section.select("svg polyline.held")).isEmpty();
    assertThat(section.select("details tbody tr").eachText()).containsExactly("1 2.500");
    assertThat(section.text()).contains("Nothing was held out").doesNotContain("a second");
  }

  @Test
  void noStepAtAllHasNoDrawing() throws IOException {
    Element section = page(trained(of(List.of(), List.of()))).select("#training").first();

    assertThat(section).isNotNull();
    assertThat(section.select("svg")).isEmpty();
  }

  /** 1,000 steps are 250 points of 4. */
  @Test
  void manyStepsAreDrawnAsMeans() throws IOException {
    List<Double> losses =
        Stream.of(1.0, 2.0, 3.0, 4.0).flatMap(x -> Collections.nCopies(250, x).stream()).toList();
    Element section = page(trained(of(losses, List.of()))).select("#training").first();

    assertThat(section).isNotNull();
    assertThat(section.select("svg polyline.train").attr("points").split(" ")).hasSize(250);
    assertThat(section.select("figcaption").text()).contains("the mean of each 4 steps");
    assertThat(section.select("details tbody tr").eachText())
        .hasSize(10)
        .startsWith("100 1.000", "200 1.000", "300 1.500")
        .endsWith("1000 4.000");
  }

  @Test
  void aCellThatDoesNotTrainHasNoSection() throws IOException {
    assertThat(page(ResultBuilder.of("gptq").build()).select("#training")).isEmpty();
  }

  @Test
  void theRankingHasWhatTrainingCostBesidePerplexity() throws IOException {
    List<Result> results =
        List.of(cell("fp32", 10, 0), cell("short", 14, 1.5e12), cell("long", 12, 4.5e12));
    Path site = SampleSite.write(folder.resolve("site"), results);
    Document index = SitePages.parse(site.resolve("index.html"));

    assertThat(index.select("table.ranking thead th").eachAttr("data-key"))
        .contains("perplexityRatio", "trainingFlops")
        .doesNotContain("trainingTime");
    Element chart = index.select("figure[id^=pareto-trainingFlops]").first();
    assertThat(chart).isNotNull();
    assertThat(chart.select("h3").text()).isEqualTo("Perplexity against training FLOPs");
    assertThat(chart.select("tbody tr").eachText())
        .containsExactlyInAnyOrder("short ref-7m 1.50 14.0 yes", "long ref-7m 4.50 12.0 yes");
  }

  private static Result cell(String recipe, double perplexity, double flops) {
    ResultBuilder builder =
        ResultBuilder.of(recipe)
            .with(ResultBuilder.measured(Metrics.PERPLEXITY, perplexity, null, perplexity));
    return flops == 0
        ? builder.baseline().build()
        : builder
            .with(
                Measurement.computed(
                    Metrics.TRAINING_FLOPS, flops, "FLOP", Direction.LOWER_IS_BETTER, "shapes"))
            .build();
  }
}
