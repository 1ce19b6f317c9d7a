package dev.assay.leaderboard.site.chart;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the script draws a roofline from; both axes are logarithmic.
 *
 * @param roofs ceilings as lines
 * @param points cells
 */
record RooflineData(List<Roof> roofs, List<Point> points) {
  /**
   * @param name label
   * @param origin {@code measured}, {@code datasheet} or {@code computed}
   * @param from left end: intensity in FLOP/B, rate in FLOP/s
   * @param to right end
   * @param disturbed whether its measurement was
   */
  record Roof(String name, String origin, List<Double> from, List<Double> to, boolean disturbed) {}

  /**
   * @param name recipe
   * @param href the cell's page
   * @param phase {@code prefill} or {@code decode}
   * @param x intensity, FLOP/B
   * @param y achieved, FLOP/s
   * @param aside what it rests on that is not compared, {@code simulated} or {@code disturbed};
   *     absent if nothing is
   * @param text its figures in words
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Point(
      String name,
      String href,
      String phase,
      double x,
      double y,
      @Nullable String aside,
      String text) {}
}
