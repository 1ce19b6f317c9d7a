package dev.assay.leaderboard.site.view;

import org.jspecify.annotations.Nullable;

/**
 * One measurement on the page of its cell.
 *
 * @param name what it is
 * @param value number with unit, or a dash
 * @param mark sign of the provenance
 * @param disturbance what went on while it was taken
 * @param spread how sure it is
 * @param ratio ratio to the baseline, or the reason why there is none
 * @param protocol the protocol's id, or empty
 * @param note note, or empty
 * @param samples the raw samples; absent if there are none
 */
public record CellFigure(
    Name name,
    String value,
    Mark mark,
    Disturbance disturbance,
    Spread spread,
    String ratio,
    String protocol,
    String note,
    @Nullable SamplePlot samples) {

  /**
   * @param label the metric
   * @param variant what tells it from others of the same metric, or empty
   */
  public record Name(String label, String variant) {}

  /**
   * @param mark sign of a disturbance; absent where there was none
   * @param cause what disturbed it, or empty
   * @param conditions what went on while it was taken, or empty
   */
  public record Disturbance(@Nullable Mark mark, String cause, String conditions) {}

  /**
   * @param standardError with unit, or empty
   * @param interval both ends, confidence and method, or empty
   */
  public record Spread(String standardError, String interval) {
    /** Of a figure that has no value. */
    public static final Spread NONE = new Spread("", "");
  }
}
