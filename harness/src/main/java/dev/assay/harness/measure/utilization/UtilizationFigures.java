package dev.assay.harness.measure.utilization;

import dev.assay.harness.hardware.ceiling.Roofline;
import dev.assay.harness.measure.flops.FlopCount;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts utilizations on record with the ceiling that they are held against.
 *
 * @param length tokens of the prompt and tokens written
 * @param batch sequences at once
 * @param latency provenance of the times
 * @param latencyNote note of the times; may be absent
 * @param leaving whether tokens leave the model before its last layer: how many of those that are
 *     timed do, and where, nobody counts
 */
record UtilizationFigures(
    GenerationLength length,
    int batch,
    Provenance latency,
    @Nullable String latencyNote,
    boolean leaving) {
  private static final String UNCOUNTED =
      "the tokens that are timed leave the model where they are sure; what they take is not counted";

  Measurement flops(Work work, FlopCount count, String against, Optional<Ceiling> peak) {
    double flops = count == FlopCount.EFFECTIVE ? work.effectiveFlops() : work.flops();
    Protocol protocol = protocol(work, against, Map.of("count", count.label()));
    if (leaving && work.phase().equals("decode")) {
      return unsupported(Metrics.MODEL_FLOPS_UTILIZATION, protocol, UNCOUNTED);
    }
    if (peak.isEmpty()) {
      return unsupported(Metrics.MODEL_FLOPS_UTILIZATION, protocol, unknown(against));
    }
    return figure(
            Metrics.MODEL_FLOPS_UTILIZATION,
            protocol,
            Roofline.modelFlopsUtilization(flops, work.seconds(), peak.get().value()),
            formula("FLOPs", flops, work, peak.get()))
        .taken(work.restsOn(peak.get()), null);
  }

  Measurement bandwidth(Work work, String against, Optional<Ceiling> bandwidth) {
    Protocol protocol =
        protocol(
            work, against, Map.of("bytes", "weights as they run once a step, keys and values"));
    if (leaving) {
      return unsupported(Metrics.MODEL_BANDWIDTH_UTILIZATION, protocol, UNCOUNTED);
    }
    if (bandwidth.isEmpty()) {
      return unsupported(Metrics.MODEL_BANDWIDTH_UTILIZATION, protocol, unknown(against));
    }
    return figure(
            Metrics.MODEL_BANDWIDTH_UTILIZATION,
            protocol,
            Roofline.modelBandwidthUtilization(
                work.bytes(), work.seconds(), bandwidth.get().value()),
            formula("bytes", work.bytes(), work, bandwidth.get()))
        .taken(work.restsOn(bandwidth.get()), null);
  }

  private Protocol protocol(Work work, String against, Map<String, String> own) {
    Map<String, String> settings = new TreeMap<>(own);
    settings.put("phase", work.phase());
    settings.put("ceiling", against);
    settings.put("promptLength", Integer.toString(length.prompt()));
    settings.put("decodeLength", Integer.toString(length.generated()));
    settings.put("batch", Integer.toString(batch));
    return Protocol.of(settings);
  }

  private static String formula(String what, double amount, Work work, Ceiling ceiling) {
    return String.format(
        Locale.ROOT,
        "%s / time / %s = %.4g / %.4g s / %.4g %s (%s)",
        what,
        ceiling.name(),
        amount,
        work.seconds(),
        ceiling.value(),
        ceiling.unit(),
        ceiling.origin());
  }

  private Measurement figure(String metric, Protocol protocol, double value, String formula) {
    boolean simulated = latency == Provenance.SIMULATED;
    return new Measurement(
        metric,
        protocol,
        simulated ? Provenance.SIMULATED : Provenance.COMPUTED,
        value,
        "1",
        Direction.HIGHER_IS_BETTER,
        null,
        null,
        List.of(),
        simulated && latencyNote != null ? latencyNote + "; " + formula : formula);
  }

  private static String unknown(String against) {
    return "no ceiling is known: " + against;
  }

  private static Measurement unsupported(String metric, Protocol protocol, String reason) {
    return Measurement.unsupported(metric, protocol, "1", Direction.HIGHER_IS_BETTER, reason);
  }
}
