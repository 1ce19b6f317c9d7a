package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.leaderboard.result.Conditions;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.stats.MetricKey;
import dev.assay.leaderboard.stats.Ranking;
import dev.assay.leaderboard.stats.Standing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Other work takes the processors while times are measured: that shows wherever the times do. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class DisturbedRunTest {
  @TempDir Path directory;

  @Test
  void aHogShowsInResultTerminalPageTableAndRanks() throws IOException {
    TestBench bench = new TestBench(directory);
    Path suite = bench.file("hogged");
    Files.writeString(
        suite,
        """
        name: hogged
        summary: a test
        models: ['%s']
        recipes: [fp32]
        baseline: fp32
        measures:
          perplexity:
            - {dataset: europarl-en, window: 64, maxWindows: 2}
          latency: {promptLength: 16, decodeLength: 17, warmupForks: 0, forks: 1, warmupIterations: 1, iterations: 3}
          memory: false
          roofline: false
          energy: false
        """
            .formatted(TestBench.model("ref-7m")));

    Spoken spoken;
    try (ProcessorHog hog =
        ProcessorHog.waitingFor(bench.reports().runsPath(), "timeToFirstToken.log")) {
      assertThat(hog).isNotNull();
      spoken = TestBench.say(bench.here("run", suite.toString(), "--progress", "plain"));
    }

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    Result result = result(bench);
    for (String metric :
        List.of(
            Metrics.TIME_TO_FIRST_TOKEN,
            Metrics.PREFILL_THROUGHPUT,
            Metrics.TIME_PER_OUTPUT_TOKEN,
            Metrics.DECODE_THROUGHPUT)) {
      Measurement found = metric(result, metric);
      assertThat(found.provenance()).isEqualTo(Provenance.MEASURED);
      assertThat(found.disturbed()).as(metric).isNotNull();
      Conditions conditions = found.conditions();
      assertThat(conditions).isNotNull();
      assertThat(conditions.attempts()).isEqualTo(3);
      assertThat(found.interval()).isNotNull();
      assertThat(found.interval().low()).isPositive();
    }
    assertThat(metric(result, Metrics.PERPLEXITY).disturbed()).isNull();

    String count = "4 figures of 1 cell";
    assertThat(spoken.err()).contains("DISTURBED: " + count, "token/s (disturbed)");
    Path site = bench.reports().site();
    assertThat(Files.readString(site.resolve("index.html")))
        .contains("Disturbed: " + count)
        .doesNotContain("Fastest measured decode");
    assertThat(Files.readAllLines(site.resolve("data/results.csv")))
        .filteredOn(line -> line.contains(Metrics.DECODE_THROUGHPUT))
        .singleElement()
        .satisfies(
            line ->
                assertThat(line).contains(metric(result, Metrics.DECODE_THROUGHPUT).disturbed()));
    MetricKey speed = MetricKey.of(metric(result, Metrics.DECODE_THROUGHPUT));
    assertThat(Ranking.of(List.of(result), speed).places())
        .singleElement()
        .satisfies(place -> assertThat(place.standing()).isInstanceOf(Standing.Unranked.class));
    assertThat(TestBench.say(bench.here("show", "result", "ref-7m/fp32/cpu")).out())
        .contains("disturbed, so never ranked: " + count);
  }

  private static Result result(TestBench bench) throws IOException {
    var run = bench.reports().last("hogged").orElseThrow();
    return new ResultJson().read(run.result(run.cells().get(0).id()));
  }

  private static Measurement metric(Result result, String name) {
    return result.measurements().stream()
        .filter(each -> each.metric().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
