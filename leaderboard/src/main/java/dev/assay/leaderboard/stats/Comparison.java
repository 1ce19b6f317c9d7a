package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import java.util.List;
import java.util.Optional;

/**
 * A cell beside a baseline, metric by metric.
 *
 * @param cell the cell's result
 * @param baseline the baseline's result
 * @param entries one for each measurement of the cell, in its order
 */
public record Comparison(Result cell, Result baseline, List<Entry> entries) {
  /** What a comparison says of one metric. */
  public sealed interface Entry {
    /** The cell's figure. */
    Measurement cell();
  }

  /**
   * @param cell the cell's figure
   * @param baseline the baseline's figure
   * @param ratio the cell's over the baseline's
   * @param verdict whether the cell is better by it
   */
  public record Known(Measurement cell, Measurement baseline, Ratio ratio, Verdict verdict)
      implements Entry {}

  /**
   * @param cell the cell's figure
   * @param reason why there is no ratio, in words
   */
  public record Unknown(Measurement cell, String reason) implements Entry {}

  /** What the ratio means. */
  public enum Verdict {
    BETTER,
    WORSE,
    /** The interval of the ratio includes 1. */
    TIED,
    /** The metric has no better and worse. */
    NEUTRAL
  }

  public Comparison {
    entries = List.copyOf(entries);
  }

  /** Compares each of the cell's figures with the baseline's of the same metric and protocol. */
  public static Comparison of(Result cell, Result baseline) {
    return new Comparison(
        cell,
        baseline,
        cell.measurements().stream().map(each -> entry(cell, baseline, each)).toList());
  }

  private static Entry entry(Result cell, Result baseline, Measurement figure) {
    MetricKey key = MetricKey.of(figure);
    if (figure.value() == null) {
      return new Unknown(figure, Absence.reason(cell, key));
    }
    Measurement other = key.in(baseline).orElse(null);
    if (other == null || other.value() == null) {
      return new Unknown(figure, "baseline: " + Absence.reason(baseline, key));
    }
    Optional<Incomparability> aside =
        Incomparability.of(figure).or(() -> Incomparability.of(other));
    if (aside.isPresent()) {
      return new Unknown(figure, aside.get().label() + " figures are not compared");
    }
    Optional<String> machines =
        dependsOnMachine(figure) ? SameMachine.difference(cell, baseline) : Optional.empty();
    if (machines.isPresent()) {
      return new Unknown(figure, machines.get());
    }
    return Ratio.of(new Taken(cell, figure), new Taken(baseline, other))
        .<Entry>map(ratio -> new Known(figure, other, ratio, verdict(ratio, figure.direction())))
        .orElseGet(() -> new Unknown(figure, "a value is not above 0"));
  }

  private static boolean dependsOnMachine(Measurement figure) {
    return figure.provenance() == Provenance.MEASURED
        && !figure.metric().equals(Metrics.PERPLEXITY)
        && !figure.metric().equals(Metrics.BITS_PER_BYTE);
  }

  private static Verdict verdict(Ratio ratio, Direction direction) {
    if (direction == Direction.NEUTRAL) {
      return Verdict.NEUTRAL;
    }
    if (ratio.isTie()) {
      return Verdict.TIED;
    }
    boolean higher = ratio.value() > 1;
    return higher == (direction == Direction.HIGHER_IS_BETTER) ? Verdict.BETTER : Verdict.WORSE;
  }
}
