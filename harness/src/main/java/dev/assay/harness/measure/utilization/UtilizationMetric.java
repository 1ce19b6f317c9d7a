package dev.assay.harness.measure.utilization;

import dev.assay.harness.hardware.ceiling.Roofline;
import dev.assay.harness.measure.flops.FlopCount;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.RooflinePoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Model FLOPs utilization of both phases (Chowdhery et al. 2022, PaLM, appendix B) and model
 * bandwidth utilization of decoding, each against the documented ceiling and against the measured
 * one, and the place of both phases under the measured roofline.
 */
public final class UtilizationMetric {
  private final String dtype;
  private final Ceilings ceilings;
  private final Provenance latency;
  private final UtilizationFigures figures;
  private final List<Work> phases;
  private final boolean leaving;

  /**
   * @param cost what the generation takes
   * @param dtype type in which matrix products are computed, as the ceilings name it
   * @param timeToFirstToken measured or simulated
   * @param timePerOutputToken measured or simulated
   * @param ceilings documented and measured
   */
  public UtilizationMetric(
      GenerationCost cost,
      String dtype,
      Measurement timeToFirstToken,
      Measurement timePerOutputToken,
      List<Ceiling> ceilings) {
    this.dtype = dtype;
    this.ceilings = new Ceilings(ceilings);
    this.latency = timePerOutputToken.provenance();
    this.leaving = cost.flops().exits() != null;
    this.figures =
        new UtilizationFigures(
            cost.length(), cost.batch(), latency, timePerOutputToken.note(), leaving);
    this.phases = List.of(cost.prefill(timeToFirstToken), cost.decode(timePerOutputToken));
  }

  /** All utilizations; unsupported where a ceiling is unknown. */
  public List<Measurement> measurements() {
    Optional<Ceiling> documented = ceilings.documentedCompute(dtype);
    Optional<Ceiling> measured = ceilings.measuredCompute(dtype);
    List<Measurement> all = new ArrayList<>();
    for (Work work : phases) {
      for (FlopCount count : FlopCount.values()) {
        all.add(figures.flops(work, count, "documented peak of " + dtype, documented));
        all.add(figures.flops(work, count, "measured gemm of " + dtype, measured));
      }
    }
    Work decode = phases.get(1);
    all.add(figures.bandwidth(decode, "documented dram bandwidth", ceilings.documentedBandwidth()));
    all.add(figures.bandwidth(decode, "measured read bandwidth", ceilings.measuredBandwidth()));
    all.add(
        figures.bandwidth(
            decode, "measured read bandwidth at the model's size", ceilings.fastestRead()));
    return all;
  }

  /** Both phases under the roofline; none where a measured ceiling is missing. */
  public List<RooflinePoint> rooflinePoints() {
    Optional<Ceiling> peak = ceilings.measuredCompute(dtype);
    Optional<Ceiling> bandwidth = ceilings.fastestRead();
    if (peak.isEmpty() || bandwidth.isEmpty()) {
      return List.of();
    }
    return phases.stream()
        .filter(work -> !leaving || !work.phase().equals("decode"))
        .map(
            work ->
                new RooflinePoint(
                    work.phase(),
                    work.intensity(),
                    work.achieved(),
                    Roofline.attainable(
                        work.intensity(), peak.get().value(), bandwidth.get().value()),
                    dtype,
                    latency,
                    work.restsOn(peak.get(), bandwidth.get())))
        .toList();
  }
}
