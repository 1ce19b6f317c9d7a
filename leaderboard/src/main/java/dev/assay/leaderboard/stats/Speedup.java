package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import java.util.Optional;

/**
 * How many times as fast as a baseline a cell is: the baseline's time over the cell's, or the
 * cell's throughput over the baseline's. Known only where both were measured, undisturbed, on the
 * same kind of machine with as many threads.
 */
public sealed interface Speedup {
  /**
   * @param ratio above 1 where the cell is faster
   */
  record Known(Ratio ratio) implements Speedup {}

  /**
   * @param reason why there is none, in words
   */
  record Unknown(String reason) implements Speedup {}

  /** The speed-up of a cell over a baseline by a metric that is a time or a throughput. */
  static Speedup of(Result baseline, Result cell, MetricKey key) {
    if (baseline.run().equals(cell.run()) && baseline.cell().id().equals(cell.cell().id())) {
      return new Unknown("this is the baseline");
    }
    Optional<String> reason =
        whyNot(baseline, key)
            .map(why -> "baseline: " + why)
            .or(() -> whyNot(cell, key))
            .or(() -> SameMachine.difference(baseline, cell));
    if (reason.isPresent()) {
      return new Unknown(reason.get());
    }
    Measurement before = key.in(baseline).orElseThrow();
    Measurement after = key.in(cell).orElseThrow();
    Optional<Ratio> ratio =
        after.direction() == Direction.LOWER_IS_BETTER
            ? Ratio.of(before, after)
            : Ratio.of(after, before);
    return ratio.<Speedup>map(Known::new).orElseGet(() -> new Unknown("a value is not above 0"));
  }

  private static Optional<String> whyNot(Result result, MetricKey key) {
    Measurement found = key.in(result).orElse(null);
    if (found == null || found.value() == null) {
      return Optional.of(Absence.reason(result, key));
    }
    if (found.direction() == Direction.NEUTRAL) {
      return Optional.of(key.metric() + " has no better and worse");
    }
    if (found.provenance() != Provenance.MEASURED) {
      String note = found.note();
      String how = Incomparability.of(found).map(Incomparability::label).orElse("computed");
      return Optional.of(how + ", not measured" + (note == null ? "" : ": " + note));
    }
    return Incomparability.of(found).map(aside -> aside.label() + ": " + found.disturbed());
  }
}
