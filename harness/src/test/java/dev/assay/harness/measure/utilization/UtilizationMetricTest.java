package dev.assay.harness.measure.utilization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.model.CacheSize;
import dev.assay.harness.measure.cache.ContextMemory;
import dev.assay.harness.measure.flops.DecoderFlops;
import dev.assay.harness.measure.flops.ExitFlops;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.RooflinePoint;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Utilizations worked out by hand for a model of round numbers. */
class UtilizationMetricTest {
  /** 1,000 FLOPs in linears, 100 in the head, 2 for each position; half of the linears are zero. */
  private static final GenerationCost COST =
      new GenerationCost(
          new DecoderFlops(1000, 100, 2),
          new DecoderFlops(500, 100, 2),
          new ModelTraffic(800, 10, 4),
          new GenerationLength(9, 2),
          2,
          new ContextMemory(810, new CacheSize(4, 0), 100));

  private static final List<Ceiling> CEILINGS =
      List.of(
          ceiling("compute", "peak", "bfloat16", 100_000, "datasheet"),
          ceiling("compute", "peak", "float32", 1, "datasheet"),
          ceiling("compute", "gemm", "bfloat16", 50_000, "measured"),
          ceiling("bandwidth", "dram", "any", 20_000, "datasheet"),
          ceiling("bandwidth", "read", "any", 10_000, "measured"),
          ceiling("bandwidth", "read-cache", "any", 16_000, "measured"));

  private static Ceiling ceiling(
      String kind, String name, String dtype, double value, String origin) {
    String unit = kind.equals("compute") ? "FLOP/s" : "B/s";
    return new Ceiling(kind, name, dtype, value, unit, origin, "made up", List.of());
  }

  /** How many layers timed tokens went through is not known. */
  @Test
  void decodingThatLeavesEarlyHasNone() {
    GenerationCost leaving =
        new GenerationCost(
            new DecoderFlops(1000, 100, 2, new ExitFlops(100, 1.5, 1)),
            COST.effective(),
            COST.traffic(),
            COST.length(),
            COST.batch(),
            COST.context());
    UtilizationMetric metric =
        new UtilizationMetric(
            leaving,
            "bfloat16",
            time(Metrics.TIME_TO_FIRST_TOKEN, 1, null),
            time(Metrics.TIME_PER_OUTPUT_TOKEN, 1, null),
            CEILINGS);

    assertThat(metric.measurements())
        .allSatisfy(
            each ->
                assertThat(each.provenance() == Provenance.UNSUPPORTED)
                    .as("%s", each.protocol())
                    .isEqualTo("decode".equals(each.protocol().settings().get("phase"))));
    assertThat(metric.rooflinePoints())
        .singleElement()
        .satisfies(point -> assertThat(point.phase()).isEqualTo("prefill"));
  }

  private static Measurement time(String metric, double seconds, @Nullable String simulated) {
    return new Measurement(
        metric,
        Protocol.NONE,
        simulated == null ? Provenance.MEASURED : Provenance.SIMULATED,
        seconds,
        "s",
        Direction.LOWER_IS_BETTER,
        null,
        null,
        List.of(),
        simulated);
  }

  private static UtilizationMetric metric(@Nullable String simulated, List<Ceiling> ceilings) {
    return new UtilizationMetric(
        COST,
        "bfloat16",
        time(Metrics.TIME_TO_FIRST_TOKEN, 2, simulated),
        time(Metrics.TIME_PER_OUTPUT_TOKEN, 0.5, simulated),
        ceilings);
  }

  private static double value(
      List<Measurement> all, String phase, String ceiling, @Nullable String count) {
    return all.stream()
        .filter(each -> phase.equals(each.protocol().settings().get("phase")))
        .filter(each -> ceiling.equals(each.protocol().settings().get("ceiling")))
        .filter(each -> count == null || count.equals(each.protocol().settings().get("count")))
        .map(Measurement::value)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void followsFromFlopsBytesTimesAndCeilings() {
    List<Measurement> all = metric(null, CEILINGS).measurements();

    assertThat(all).allMatch(each -> each.provenance() == Provenance.COMPUTED);
    assertThat(all.stream().map(each -> each.metric() + each.protocol().id()).distinct())
        .hasSameSizeAs(all);
    // Prefill, two prompts of 9: 2 · (9,000 + 100 + 2 · 45) = 18,380 FLOPs in 2 s.
    String dense = "dense equivalent";
    assertThat(value(all, "prefill", "documented peak of bfloat16", dense))
        .isCloseTo(0.0919, within(1e-12));
    assertThat(value(all, "prefill", "measured gemm of bfloat16", dense))
        .isCloseTo(0.1838, within(1e-12));
    // Decode of two, at 10 positions: 2 · (1,100 + 20) = 2,240 FLOPs in 0.5 s; 500 · 2 fewer.
    assertThat(value(all, "decode", "documented peak of bfloat16", dense))
        .isCloseTo(0.0448, within(1e-12));
    assertThat(value(all, "decode", "measured gemm of bfloat16", "effective, zeros skipped"))
        .isCloseTo(1240 / 0.5 / 50_000, within(1e-12));
    // 800 + 2 · (10 + 10 · 4) = 900 bytes in 0.5 s.
    assertThat(value(all, "decode", "documented dram bandwidth", null))
        .isCloseTo(0.09, within(1e-12));
    assertThat(value(all, "decode", "measured read bandwidth", null))
        .isCloseTo(0.18, within(1e-12));
    assertThat(value(all, "decode", "measured read bandwidth at the model's size", null))
        .isCloseTo(0.1125, within(1e-12));
  }

  @Test
  void placesBothPhasesUnderTheMeasuredRoofline() {
    List<RooflinePoint> points = metric(null, CEILINGS).rooflinePoints();

    // Prefill moves 800 + 18 · 14 = 1,052 bytes: 17.5 FLOP/B, beyond the ridge of 3.125.
    assertThat(points)
        .containsExactly(
            new RooflinePoint(
                "prefill", 18_380.0 / 1052, 9190, 50_000, "bfloat16", Provenance.MEASURED),
            new RooflinePoint(
                "decode",
                2240.0 / 900,
                4480,
                2240.0 / 900 * 16_000,
                "bfloat16",
                Provenance.MEASURED));
  }

  @Test
  void whatRestsOnSimulatedTimesIsSimulated() {
    UtilizationMetric metric = metric("runs dequantised", CEILINGS);

    assertThat(metric.measurements())
        .allMatch(each -> each.provenance() == Provenance.SIMULATED)
        .allMatch(each -> String.valueOf(each.note()).startsWith("runs dequantised; "));
    assertThat(metric.rooflinePoints())
        .allMatch(point -> point.provenance() == Provenance.SIMULATED);
  }

  @Test
  void aMissingCeilingIsSaidAndNotGuessed() {
    UtilizationMetric metric = metric(null, CEILINGS.subList(1, 2));

    assertThat(metric.measurements())
        .allMatch(each -> each.provenance() == Provenance.UNSUPPORTED)
        .allMatch(each -> String.valueOf(each.note()).startsWith("no ceiling is known: "));
    assertThat(metric.rooflinePoints()).isEmpty();
  }

  @Test
  void whatRestsOnADisturbedTimeIsDisturbed() {
    UtilizationMetric metric =
        new UtilizationMetric(
            COST,
            "bfloat16",
            time(Metrics.TIME_TO_FIRST_TOKEN, 2, null),
            time(Metrics.TIME_PER_OUTPUT_TOKEN, 0.5, null).taken("a hog", null),
            CEILINGS);

    assertThat(metric.measurements())
        .allMatch(
            each ->
                "decode".equals(each.protocol().settings().get("phase"))
                    == "rests on the time of the decode: a hog".equals(each.disturbed()));
    assertThat(metric.rooflinePoints())
        .extracting(RooflinePoint::disturbed)
        .containsExactly(null, "rests on the time of the decode: a hog");
  }

  @Test
  void whatRestsOnADisturbedCeilingIsDisturbed() {
    List<Ceiling> ceilings =
        CEILINGS.stream()
            .map(each -> each.name().equals("read") ? each.taken("a hog", null) : each)
            .toList();
    UtilizationMetric metric = metric(null, ceilings);

    assertThat(metric.measurements().stream().filter(each -> each.disturbed() != null))
        .extracting(each -> each.protocol().settings().get("ceiling"))
        .containsExactly("measured read bandwidth", "measured read bandwidth at the model's size");
    assertThat(metric.rooflinePoints())
        .as("reading from memory might have been faster than from the cache")
        .allMatch(point -> String.valueOf(point.disturbed()).contains("read: a hog"));
  }
}
