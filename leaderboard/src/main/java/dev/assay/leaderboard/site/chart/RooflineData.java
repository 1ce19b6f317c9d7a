package dev.assay.leaderboard.site.chart;

import java.util.List;

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
   */
  record Roof(String name, String origin, List<Double> from, List<Double> to) {}

  /**
   * @param name recipe
   * @param href the cell's page
   * @param phase {@code prefill} or {@code decode}
   * @param x intensity, FLOP/B
   * @param y achieved, FLOP/s
   * @param simulated whether it rests on a simulated latency
   * @param text its figures in words
   */
  record Point(
      String name, String href, String phase, double x, double y, boolean simulated, String text) {}
}
