package dev.assay.harness.measure.size;

import dev.assay.harness.measure.flops.DecoderFlops;
import dev.assay.harness.measure.flops.FlopCount;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.StageSize;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is gone of a model, by arithmetic: one meaning of a share for pruning, factors, fewer layers
 * and fewer bits alike. Zeros that are stored are there.
 */
public final class RemovedMetric {
  private RemovedMetric() {}

  /**
   * Parameters, of the whole model and of the compressed linears, and bytes.
   *
   * @param before the uncompressed model
   * @param after the artifact
   * @param sourceBytes bytes of the weight files of the model
   * @param artifactBytes bytes of the weight files of the artifact
   */
  public static List<Measurement> ofSize(
      StageSize before, StageSize after, long sourceBytes, long artifactBytes) {
    long linears = Math.max(after.linearParameters(), 1);
    return List.of(
        Measurement.computed(
            Metrics.PARAMETERS,
            (double) after.parameters(),
            "1",
            Direction.LOWER_IS_BETTER,
            "numbers that the artifact is made of, zeros among them; of a factored linear those of"
                + " its factors, of a quantized one a number for each row and column"),
        removed(
            Metrics.REMOVED_FROM_MODEL,
            Protocol.NONE,
            (double) before.parameters(),
            (double) after.parameters(),
            "parameters of the artifact / of the model"),
        after.compressedBefore() == 0
            ? Measurement.computed(
                Metrics.REMOVED_FROM_LINEARS,
                0,
                "1",
                Direction.HIGHER_IS_BETTER,
                "no stage was to work on a linear of the layers")
            : removed(
                Metrics.REMOVED_FROM_LINEARS,
                Protocol.NONE,
                (double) after.compressedBefore(),
                (double) after.compressedNow(),
                "parameters of the linears that stages worked on, now / before"),
        Measurement.computed(
            Metrics.ZEROS_IN_LINEARS,
            (double) after.linearZeros() / linears,
            "1",
            Direction.HIGHER_IS_BETTER,
            String.format(
                "numbers that are exactly 0 / numbers of the layers' linears = %d / %d; those that"
                    + " are stored take memory all the same",
                after.linearZeros(), after.linearParameters())),
        removed(
            Metrics.REMOVED_BYTES,
            Protocol.NONE,
            (double) sourceBytes,
            (double) artifactBytes,
            "bytes of the artifact's weight files / of the model's"));
  }

  /** Of an artifact of which it is not known what stages did. */
  public static List<Measurement> unknown(String reason) {
    return Stream.of(
            Metrics.REMOVED_FROM_MODEL, Metrics.REMOVED_FROM_LINEARS, Metrics.ZEROS_IN_LINEARS)
        .map(
            metric ->
                Measurement.unsupported(
                    metric, Protocol.NONE, "1", Direction.HIGHER_IS_BETTER, reason))
        .toList();
  }

  /** FLOPs of a decoded token, both counts. */
  public static List<Measurement> ofFlops(
      Map<FlopCount, DecoderFlops> before, Map<FlopCount, DecoderFlops> after, double context) {
    return after.keySet().stream()
        .sorted()
        .map(
            count -> {
              DecoderFlops was = before.getOrDefault(count, DecoderFlops.NONE);
              DecoderFlops is = after.getOrDefault(count, DecoderFlops.NONE);
              return removed(
                  Metrics.REMOVED_FLOPS,
                  Protocol.of(Map.of("count", count.label(), "context", Double.toString(context))),
                  was.decode(context),
                  is.decode(context),
                  "FLOPs of a decoded token, of the artifact / of the model");
            })
        .toList();
  }

  /** A figure is never negative: where there is more than before nothing is removed. */
  private static Measurement removed(
      String metric, Protocol protocol, double before, double after, String of) {
    String formula = String.format(Locale.ROOT, "1 − %s = 1 − %.0f / %.0f", of, after, before);
    if (after > before) {
      return Measurement.unsupported(
          metric,
          protocol,
          "1",
          Direction.HIGHER_IS_BETTER,
          String.format(
              Locale.ROOT,
              "nothing is removed, there is %.4f times as much: %s",
              after / before,
              formula));
    }
    return new Measurement(
        metric,
        protocol,
        Provenance.COMPUTED,
        (before - after) / before,
        "1",
        Direction.HIGHER_IS_BETTER,
        null,
        null,
        List.of(),
        formula);
  }
}
