package dev.assay.leaderboard.site.view;

import org.jspecify.annotations.Nullable;

/**
 * One figure as a page shows it.
 *
 * @param text the number, or a dash
 * @param spread standard error or interval, in brackets beside the number
 * @param mark sign of the provenance; absent where there is no figure at all
 * @param alert sign of a disturbance; absent where there was none
 * @param title everything else there is to say: unit, interval, samples, note or reason
 * @param sortKey what the column is sorted by; absent for figures that have no rank
 * @param toBest ratio to the best of the column
 * @param toBaseline ratio to the baseline
 * @param aside whether the figure is shown greyed, as it is not comparable
 */
public record Figure(
    String text,
    @Nullable String spread,
    @Nullable Mark mark,
    @Nullable Mark alert,
    String title,
    @Nullable String sortKey,
    @Nullable String toBest,
    @Nullable String toBaseline,
    boolean aside) {

  /** A gap, with the reason. */
  public static Figure gap(@Nullable Mark mark, String reason) {
    return new Figure("–", null, mark, null, reason, null, null, null, true);
  }
}
