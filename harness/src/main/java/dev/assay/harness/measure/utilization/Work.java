package dev.assay.harness.measure.utilization;

import dev.assay.leaderboard.result.Ceiling;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a phase does in a time.
 *
 * @param phase {@code prefill} or {@code decode}
 * @param flops dense-equivalent FLOPs of one pass
 * @param effectiveFlops FLOPs of one pass with zeros skipped
 * @param bytes bytes that one pass has to move at least
 * @param seconds time of one pass
 * @param disturbed what disturbed the time; null if nothing did
 */
record Work(
    String phase,
    double flops,
    double effectiveFlops,
    double bytes,
    double seconds,
    @Nullable String disturbed) {
  /** Dense-equivalent FLOPs for each byte moved. */
  double intensity() {
    return flops / bytes;
  }

  /** Dense-equivalent FLOP/s. */
  double achieved() {
    return flops / seconds;
  }

  /** Which disturbed time or ceiling a figure made of this and the ceilings rests on, if any. */
  @Nullable String restsOn(Ceiling... ceilings) {
    List<String> bases = new ArrayList<>();
    if (disturbed != null) {
      bases.add("the time of the " + phase + ": " + disturbed);
    }
    for (Ceiling ceiling : ceilings) {
      if (ceiling.disturbed() != null) {
        bases.add("the ceiling " + ceiling.name() + ": " + ceiling.disturbed());
      }
    }
    return bases.isEmpty() ? null : "rests on " + String.join("; and on ", bases);
  }
}
