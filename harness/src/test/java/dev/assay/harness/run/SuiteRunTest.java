package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.result.LinearInput;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.result.Staircase;
import dev.assay.leaderboard.result.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of small suites on a real model. */
@Tag("slow")
class SuiteRunTest {
  @TempDir Path directory;
  private TestBench bench;

  @BeforeEach
  void makeBench() throws IOException {
    bench = new TestBench(directory);
  }

  @Test
  void aRunLeavesResultsIndexAndSite() throws IOException {
    Path suite =
        bench.suite("small", List.of(TestBench.model("ref-7m")), List.of("fp32", "gptq-w4-g128"));

    Spoken first = TestBench.say(bench.here("run", suite.toString()));

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out().strip()).endsWith("index.html");
    assertThat(first.err()).contains("[2/2]", "gptq-w4-g128/cpu: perplexity", "2 succeeded");
    RunDirectory run = bench.reports().last("small").orElseThrow();
    assertThat(run.finished()).isTrue();
    assertThat(Files.readString(run.log())).contains("2 succeeded, 0 failed");
    List<Result> results = results(run);
    assertThat(results).extracting(Result::status).containsOnly(Status.SUCCEEDED);
    Result compressed = of(results, "gptq-w4-g128");
    assertThat(compressed.artifact()).isNotNull();
    assertThat(compressed.artifact().format()).isEqualTo("gptq_v2");
    assertThat(compressed.artifact().execution()).contains("int4 packed, group 128");
    assertThat(compressed.linears()).hasSize(6 * 7);
    assertThat(compressed.calibration()).isNotNull();
    assertThat(compressed.calibration().samples()).isEqualTo(4);
    Path ids =
        bench
            .cache()
            .resolve("artifacts")
            .resolve(compressed.artifact().path())
            .resolveSibling("calibration-ids.bin");
    assertThat(DigestUtils.sha256Hex(Files.readAllBytes(ids)))
        .isEqualTo(compressed.calibration().tokenIdsSha256());
    assertThat(compressed.inputs()).isNotNull();
    assertThat(compressed.inputs().linears())
        .hasSameSizeAs(compressed.linears())
        .extracting(LinearInput::tokens)
        .containsOnly((long) compressed.inputs().tokens());
    assertThat(perplexity(compressed).value())
        .isGreaterThan(perplexity(of(results, "fp32")).value());
    assertThat(Files.readString(bench.reports().site().resolve("index.html")))
        .contains("gptq-w4-g128", compressed.cell().id());
    assertThat(bench.reports().path().resolve("index.mv.db")).isRegularFile();

    Spoken shown = TestBench.say(bench.here("show", "result", "ref-7m/gptq-w4-g128/cpu"));
    assertThat(shown.exitCode()).as(shown.err()).isZero();
    assertThat(shown.out()).contains(compressed.cell().id(), "bitsPerWeight");

    // Once more: a new run, artifacts from the cache, and the same figures to the last bit.
    Spoken second = TestBench.say(bench.here("run", suite.toString(), "--no-site"));

    assertThat(second.exitCode()).as(second.err()).isZero();
    RunDirectory again = bench.reports().last("small").orElseThrow();
    assertThat(again.id()).isNotEqualTo(run.id());
    Result repeated = of(results(again), "gptq-w4-g128");
    assertThat(repeated.cell().id()).isEqualTo(compressed.cell().id());
    assertThat(perplexity(repeated)).isEqualTo(perplexity(compressed));
    assertThat(metric(repeated, Metrics.COMPRESSION_TIME).note()).contains("in the cache");

    // Without the cache the artifact is made anew, and is the same.
    PathUtils.deleteDirectory(bench.cache());
    Spoken third =
        TestBench.say(bench.here("run", suite.toString(), "--no-site", "--cell", "*/gptq-*/cpu"));

    assertThat(third.exitCode()).as(third.err()).isZero();
    List<Result> alone = results(bench.reports().last("small").orElseThrow());
    assertThat(alone).hasSize(1);
    assertThat(alone.get(0).artifact()).isNotNull();
    assertThat(alone.get(0).artifact().sha256()).isEqualTo(compressed.artifact().sha256());
    assertThat(perplexity(alone.get(0))).isEqualTo(perplexity(compressed));
  }

  /** Sparse, then rounded: behind each stage it is known what that bought. */
  @Test
  void aPipelineShowsWhatEachStageBought() throws IOException {
    writeStairs();
    Path suite =
        bench.suite(
            "stairs", List.of(TestBench.model("ref-7m")), List.of("fp32", "stairs", "svd-80"));

    Spoken spoken = TestBench.say(bench.here("run", suite.toString()));

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    List<Result> results = results(bench.reports().last("stairs").orElseThrow());
    Result plain = of(results, "fp32");
    Result stairs = of(results, "stairs");
    Staircase stages = Objects.requireNonNull(stairs.stages());
    assertThat(stages.steps()).extracting(StageStep::stage).containsExactly("wanda", "rtn");
    StageStep sparse = stages.steps().get(0);
    StageStep rounded = stages.steps().get(1);
    assertThat(sparse.size().linearZeros()).isEqualTo(sparse.size().linearParameters() / 2);
    assertThat(sparse.size().bytes()).isEqualTo(stages.start().bytes());
    assertThat(rounded.size().linearBytes()).isLessThan(sparse.size().linearBytes() / 2);
    assertThat(sparse.seconds()).isPositive();
    Measurement between = Objects.requireNonNull(sparse.perplexity());
    assertThat(between.protocol()).isEqualTo(perplexity(stairs).protocol());
    assertThat(between.value()).isGreaterThan(perplexity(plain).value());
    assertThat(between.value()).isNotEqualTo(perplexity(stairs).value());
    assertThat(rounded.perplexity()).isEqualTo(perplexity(stairs));
    assertThat(metric(stairs, Metrics.REMOVED_FROM_LINEARS).value()).isZero();
    assertThat(metric(stairs, Metrics.ZEROS_IN_LINEARS).value()).isGreaterThanOrEqualTo(0.5);

    Result factored = of(results, "svd-80");
    assertThat(metric(factored, Metrics.REMOVED_FROM_LINEARS).value()).isBetween(0.2, 0.25);
    assertThat(metric(factored, Metrics.REMOVED_FLOPS).value()).isBetween(0.1, 0.25);
    assertThat(metric(factored, Metrics.REMOVED_FROM_MODEL).value())
        .isBetween(0.05, metric(factored, Metrics.REMOVED_FROM_LINEARS).value());
    assertThat(metric(plain, Metrics.REMOVED_FROM_MODEL).value()).isZero();
    assertThat(metric(plain, Metrics.PARAMETERS).value())
        .isEqualTo((double) plain.cell().model().parameters());
    Path page;
    try (Stream<Path> pages = Files.list(bench.reports().site().resolve("cells"))) {
      page =
          pages
              .filter(each -> each.getFileName().toString().startsWith(stairs.cell().id()))
              .findFirst()
              .orElseThrow();
    }
    assertThat(Files.readString(page)).contains("What each stage bought", "uncompressed");

    // From the cache, by the same code: what was measured stands.
    Spoken again = TestBench.say(bench.here("run", suite.toString(), "--no-site"));
    assertThat(again.exitCode()).as(again.err()).isZero();
    Result cached = of(results(bench.reports().last("stairs").orElseThrow()), "stairs");
    assertThat(cached.stages()).isEqualTo(stages);
  }

  private void writeStairs() throws IOException {
    Files.writeString(
        bench.recipe("stairs"),
        """
        name: stairs
        summary: half of the weights, then four bits
        stages:
          - wanda: {sparsity: "2:4"}
          - rtn: {bits: 4, groupSize: 64, symmetric: true}
        """);
  }

  @Test
  void whatASuiteDoesNotAskForIsNotMeasuredBetweenStages() throws IOException {
    writeStairs();
    Path suite = bench.suite("unasked", List.of(TestBench.model("ref-7m")), List.of("stairs"));
    Files.writeString(suite, Files.readString(suite) + "  stages: false\n");

    Spoken spoken = TestBench.say(bench.here("run", suite.toString(), "--no-site"));

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    Result stairs = of(results(bench.reports().last("unasked").orElseThrow()), "stairs");
    List<StageStep> steps = Objects.requireNonNull(stairs.stages()).steps();
    assertThat(steps.get(0).perplexity()).isNull();
    assertThat(steps.get(0).unmeasured()).contains("measures.stages");
    assertThat(steps.get(1).perplexity()).isEqualTo(perplexity(stairs));
  }

  @Test
  void resultsOfEarlierRunsCanStandForCells() throws IOException {
    Path suite =
        bench.suite("reuse", List.of(TestBench.model("ref-7m")), List.of("fp32", "magnitude-50"));
    TestBench.say(bench.here("run", suite.toString(), "--no-site", "--cell", "ref-7m/fp32/cpu"));

    Spoken reused = TestBench.say(bench.here("run", suite.toString(), "--reuse"));

    assertThat(reused.exitCode()).as(reused.err()).isZero();
    assertThat(reused.err()).contains("2 cells, 1 to run", "fp32/cpu: result is there");
    assertThat(results(bench.reports().last("reuse").orElseThrow())).hasSize(1);
    assertThat(Files.readString(bench.reports().site().resolve("index.html")))
        .as("both cells are on the site")
        .contains("fp32", "magnitude-50");
  }

  @Test
  void aCellThatFailsIsRecordedAndTheRunGoesOn() throws IOException {
    Path broken = BrokenModels.withNaN(directory.resolve("models/broken"));
    Path truncated = BrokenModels.truncated(directory.resolve("models/truncated"));
    Path suite =
        bench.suite(
            "faulty",
            List.of(broken, truncated, TestBench.model("ref-7m")),
            List.of("rtn-w4-g128"));

    Spoken spoken = TestBench.say(bench.here("run", suite.toString()));

    assertThat(spoken.exitCode()).as(spoken.err()).isEqualTo(3);
    assertThat(spoken.err()).contains("1 succeeded, 2 failed");
    List<Result> results = results(bench.reports().last("faulty").orElseThrow());
    assertThat(results).hasSize(3);
    assertFailed(results, "broken", "compress", "found NaN or infinite values");
    assertFailed(results, "truncated", "load", "the file may be truncated");
    assertThat(Files.readString(bench.reports().site().resolve("index.html")))
        .contains("Failed cells", "NaN or infinite");
  }

  /** As if the process had died between its last cell and its end. */
  @Test
  void aMeasureThatFailedBeforeARunWasBrokenOffCounts() throws IOException {
    Path suite = bench.suite("broken-off", List.of(TestBench.model("ref-7m")), List.of("fp32"));
    List<String> arguments = bench.here("run", suite.toString(), "--no-site");
    assertThat(TestBench.say(arguments).exitCode()).isZero();
    RunDirectory run = bench.reports().last("broken-off").orElseThrow();
    failPerplexity(run.result(run.cells().get(0).id()));
    List<String> journal = Files.readAllLines(run.journal().file());
    Files.write(run.journal().file(), journal.subList(0, journal.size() - 1));

    Spoken resumed = TestBench.say(arguments);

    assertThat(resumed.err()).contains("1 cells, 0 to run");
    assertThat(resumed.exitCode()).isEqualTo(3);
  }

  private static void failPerplexity(Path result) throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode content = json.readTree(result.toFile());
    for (JsonNode each : content.get("measurements")) {
      if (each.get("metric").asText().equals(Metrics.PERPLEXITY)) {
        ((ObjectNode) each)
            .put("provenance", "unsupported")
            .put("note", "failed: no room")
            .putArray("samples")
            .removeAll();
        ((ObjectNode) each).remove("value");
      }
    }
    json.writeValue(result.toFile(), content);
  }

  private static void assertFailed(
      List<Result> results, String model, String stage, String message) {
    Result failed =
        results.stream()
            .filter(result -> result.cell().model().name().equals(model))
            .findFirst()
            .orElseThrow();
    assertThat(failed.status()).isEqualTo(Status.FAILED);
    assertThat(failed.failure()).isNotNull();
    assertThat(failed.failure().stage()).isEqualTo(stage);
    assertThat(failed.failure().kind()).isEqualTo("BadCheckpoint");
    assertThat(failed.failure().message()).contains(message);
  }

  private static List<Result> results(RunDirectory run) throws IOException {
    List<Result> results = new ArrayList<>();
    try (Stream<Path> files = Files.list(run.path().resolve("results"))) {
      for (Path file : files.sorted().toList()) {
        results.add(new ResultJson().read(file));
      }
    }
    return results;
  }

  private static Result of(List<Result> results, String recipe) {
    return results.stream()
        .filter(result -> result.cell().recipe().name().equals(recipe))
        .findFirst()
        .orElseThrow();
  }

  private static Measurement perplexity(Result result) {
    Measurement found = metric(result, Metrics.PERPLEXITY);
    assertThat(found.provenance()).isEqualTo(Provenance.MEASURED);
    return found;
  }

  private static Measurement metric(Result result, String name) {
    return result.measurements().stream()
        .filter(each -> each.metric().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
