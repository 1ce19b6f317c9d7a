package dev.assay.harness.hardware.ceiling;

import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import dev.assay.leaderboard.result.Ceiling;
import java.util.List;

/** What a ceiling limits; gives results their words and units. */
enum CeilingKind {
  BANDWIDTH("bandwidth", "B/s"),
  COMPUTE("compute", "FLOP/s");

  private final String label;
  private final String unit;

  CeilingKind(String label, String unit) {
    this.label = label;
    this.unit = unit;
  }

  Ceiling documented(String name, String dtype, double value, String origin, String source) {
    return new Ceiling(label, name, dtype, value, unit, origin, source, List.of());
  }

  /** The best of the samples; all of them are kept. */
  Ceiling measured(String name, String dtype, Taken<List<Double>> taken, String source) {
    List<Double> samples = taken.value();
    double best =
        samples.stream()
            .mapToDouble(Double::doubleValue)
            .max()
            .orElseThrow(() -> new IllegalArgumentException(name + ": no samples"));
    return new Ceiling(label, name, dtype, best, unit, "measured", source, samples)
        .taken(taken.disturbed(), taken.conditions());
  }
}
