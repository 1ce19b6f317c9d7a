package dev.assay.leaderboard.site.chart;

import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.site.format.Scale;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Ceilings as lines of a log-log plot. A bandwidth rises to the highest compute ceiling of its
 * origin; a compute ceiling runs from where the highest bandwidth of its origin meets it to the
 * right edge.
 */
final class CeilingLines {
  private final List<Ceiling> ceilings;
  private final double left;
  private final double right;

  /**
   * @param ceilings limits of one machine
   * @param left least intensity shown, FLOP/B
   * @param right largest intensity shown, FLOP/B
   */
  CeilingLines(Collection<Ceiling> ceilings, double left, double right) {
    this.ceilings = ceilings.stream().filter(ceiling -> ceiling.value() > 0).toList();
    this.left = left;
    this.right = right;
  }

  List<RooflineData.Roof> lines() {
    List<RooflineData.Roof> lines = new ArrayList<>();
    for (Ceiling ceiling : ceilings) {
      lines.add(isBandwidth(ceiling) ? slope(ceiling) : flat(ceiling));
    }
    return lines;
  }

  private RooflineData.Roof slope(Ceiling bandwidth) {
    double top = highest("compute", bandwidth.origin());
    double end = top > 0 ? Math.max(left, Math.min(right, top / bandwidth.value())) : right;
    return roof(
        bandwidth, List.of(left, left * bandwidth.value()), List.of(end, end * bandwidth.value()));
  }

  private RooflineData.Roof flat(Ceiling compute) {
    double slope = highest("bandwidth", compute.origin());
    double start = slope > 0 ? Math.max(left, Math.min(right, compute.value() / slope)) : left;
    return roof(compute, List.of(start, compute.value()), List.of(right, compute.value()));
  }

  private double highest(String kind, String origin) {
    return ceilings.stream()
        .filter(ceiling -> ceiling.kind().equals(kind) && ceiling.origin().equals(origin))
        .mapToDouble(Ceiling::value)
        .max()
        .orElse(0);
  }

  private static boolean isBandwidth(Ceiling ceiling) {
    return ceiling.kind().equals("bandwidth");
  }

  private static RooflineData.Roof roof(Ceiling ceiling, List<Double> from, List<Double> to) {
    return new RooflineData.Roof(
        name(ceiling), ceiling.origin(), from, to, ceiling.disturbed() != null);
  }

  /** For example {@code gemm bfloat16 1.21 TFLOP/s}. */
  static String name(Ceiling ceiling) {
    String dtype = isBandwidth(ceiling) ? "" : " " + ceiling.dtype();
    Scale scale = Scale.of(ceiling.name(), ceiling.unit(), ceiling.value());
    String disturbed = ceiling.disturbed() == null ? "" : ", disturbed";
    return ceiling.name() + dtype + " " + scale.text(ceiling.value()) + disturbed;
  }
}
