package dev.assay.harness.measure.flops;

import dev.assay.engine.model.Stack;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.measure.weights.LinearWeights;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** FLOPs a token in prefill and decode, dense equivalent and effective, by arithmetic. */
public final class FlopsMetric {
  private static final String UNIT = "FLOP/token";
  private static final String PREFILL_FORMULA =
      "(2·weights·S + 2·head + 4·layers·heads·headDimension·S·(S + 1)/2) / S, the head on the last"
          + " token only";
  private static final String DECODE_FORMULA =
      "2·weights + 2·head + 4·layers·heads·headDimension·T";

  private FlopsMetric() {}

  /** Two counts of each phase, kept apart by their protocols. */
  public static List<Measurement> of(Stack stack, LinearWeights weights, GenerationLength length) {
    List<Measurement> measurements = new ArrayList<>();
    for (FlopCount count : FlopCount.values()) {
      DecoderFlops flops = DecoderFlops.of(stack, weights, count);
      measurements.add(
          computed(
              Metrics.FLOPS_PER_TOKEN_PREFILL,
              Map.of("count", count.label(), "promptLength", Integer.toString(length.prompt())),
              flops.prefill(length.prompt()) / length.prompt(),
              PREFILL_FORMULA));
      measurements.add(
          computed(
              Metrics.FLOPS_PER_TOKEN_DECODE,
              Map.of("count", count.label(), "context", Double.toString(length.meanContext())),
              flops.decode(length.meanContext()),
              DECODE_FORMULA));
    }
    return measurements;
  }

  private static Measurement computed(
      String metric, Map<String, String> protocol, double value, String formula) {
    return new Measurement(
        metric,
        Protocol.of(protocol),
        Provenance.COMPUTED,
        value,
        UNIT,
        Direction.LOWER_IS_BETTER,
        null,
        null,
        List.of(),
        formula);
  }
}
