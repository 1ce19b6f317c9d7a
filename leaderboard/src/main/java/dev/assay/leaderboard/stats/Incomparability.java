package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.RooflinePoint;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a figure that has a value is shown and yet held against no other. This is the one place that
 * decides it, for ranks, ratios, speed-ups, fronts, findings and charts alike.
 */
public enum Incomparability {
  /** Observed on a stand-in. */
  SIMULATED("simulated"),
  /** Taken while something else had the machine, or resting on such a figure. */
  DISTURBED("disturbed");

  private final String label;

  Incomparability(String label) {
    this.label = label;
  }

  /** The word for it. */
  public String label() {
    return label;
  }

  /** Why the figure is not compared; empty if it is. */
  public static Optional<Incomparability> of(Measurement measurement) {
    return of(measurement.provenance(), measurement.disturbed());
  }

  /** Why the point is not compared; empty if it is. */
  public static Optional<Incomparability> of(RooflinePoint point) {
    return of(point.provenance(), point.disturbed());
  }

  /** Whether the figure has a value that may be held against others. */
  public static boolean isComparable(Measurement measurement) {
    return measurement.value() != null && of(measurement).isEmpty();
  }

  /** A stand-in stays one in a quiet hour, so that comes first. */
  private static Optional<Incomparability> of(Provenance provenance, @Nullable String disturbed) {
    if (provenance == Provenance.SIMULATED) {
      return Optional.of(SIMULATED);
    }
    return disturbed == null ? Optional.empty() : Optional.of(DISTURBED);
  }
}
