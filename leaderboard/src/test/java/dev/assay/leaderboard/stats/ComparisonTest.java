package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private final Result baseline =
      ResultBuilder.of("fp32")
          .baseline()
          .with(Samples.size(100))
          .with(Samples.time(10, 9, 11))
          .with(Samples.throughput(4))
          .with(Samples.perplexity(30, 10.0, 90.0, 30.0))
          .build();

  @Test
  void judgesEachMetricInItsDirection() {
    Result cell =
        ResultBuilder.of("w4")
            .with(Samples.size(25))
            .with(Samples.time(10.5, 9.5, 11.5))
            .with(Samples.throughput(8))
            .with(Samples.perplexity(30.3, 10.1, 90.9, 30.3))
            .build();
    assertThat(Comparison.of(cell, baseline).entries())
        .allMatch(Comparison.Known.class::isInstance)
        .extracting(entry -> (Comparison.Known) entry)
        .extracting(known -> known.cell().metric(), Comparison.Known::verdict)
        .containsExactly(
            tuple("sizeOnDisk", Comparison.Verdict.BETTER),
            tuple("timePerOutputToken", Comparison.Verdict.TIED),
            tuple("decodeThroughput", Comparison.Verdict.BETTER),
            tuple("perplexity", Comparison.Verdict.WORSE));
  }

  @Test
  void saysWhyAMetricCannotBeCompared() {
    Result cell =
        ResultBuilder.of("w3")
            .threads(8)
            .with(ResultBuilder.simulated("timePerOutputToken", 1))
            .with(Samples.throughput(8))
            .with(Measurement.computed("bitsPerWeight", 3.1, "bit", Direction.LOWER_IS_BETTER, "f"))
            .with(Samples.size(0))
            .with(Samples.perplexity(30, 10.0, 90.0, 30.0))
            .build();
    List<Comparison.Entry> entries = Comparison.of(cell, baseline).entries();
    assertThat(entries.subList(0, 4))
        .extracting(entry -> ((Comparison.Unknown) entry).reason())
        .satisfiesExactly(
            reason -> assertThat(reason).isEqualTo("simulated figures are not compared"),
            reason -> assertThat(reason).isEqualTo("threads differ: 8 and 2"),
            reason -> assertThat(reason).startsWith("baseline: no bitsPerWeight under protocol"),
            reason -> assertThat(reason).isEqualTo("a value is not above 0"));
    // Quality does not depend on the number of threads.
    assertThat(entries.get(4))
        .isInstanceOfSatisfying(
            Comparison.Known.class,
            known -> assertThat(known.verdict()).isEqualTo(Comparison.Verdict.TIED));
  }

  @Test
  void findsTheBaselineOfTheSameRunFirst() {
    Result cell = ResultBuilder.of("w4").run("old").build();
    Result old =
        ResultBuilder.of("fp32").baseline().run("old").finishedAt("2026-01-01T00:00:00Z").build();
    Result recent =
        ResultBuilder.of("fp32").baseline().run("new").finishedAt("2026-02-01T00:00:00Z").build();
    Result other = ResultBuilder.of("fp32").baseline().run("x").suite("nightly").build();
    assertThat(Baselines.find(cell, List.of(recent, old, other, cell))).contains(old);
    assertThat(Baselines.find(cell, List.of(recent, other, cell))).contains(recent);
    assertThat(Baselines.find(cell, List.of(other, cell))).isEmpty();
  }
}
