package dev.assay.leaderboard.site.chart;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the script draws a Pareto chart from.
 *
 * @param x first axis
 * @param y second axis
 * @param points cells
 * @param front positions of the cells on the front within {@code points}, best on x first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ParetoData(Axis x, Axis y, List<Point> points, List<Integer> front) {
  /**
   * @param name label with unit
   * @param logarithmic whether the values span so much that a logarithmic axis is due
   */
  record Axis(String name, boolean logarithmic) {}

  /**
   * @param name label
   * @param href the cell's page
   * @param x value in the axis' unit
   * @param y value in the axis' unit
   * @param yLow lower end of the interval
   * @param yHigh upper end of the interval
   * @param front whether it is on the front
   * @param aside why it is not compared, {@code simulated} or {@code disturbed}; absent if it is
   * @param baseline whether it is the baseline
   * @param text its figures in words
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Point(
      String name,
      String href,
      double x,
      double y,
      @Nullable Double yLow,
      @Nullable Double yHigh,
      boolean front,
      @Nullable String aside,
      boolean baseline,
      String text) {}
}
