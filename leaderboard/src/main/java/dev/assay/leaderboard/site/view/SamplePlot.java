package dev.assay.leaderboard.site.view;

import java.util.List;

/**
 * Raw samples in the order taken, as dots and as text.
 *
 * @param width width of the drawing
 * @param height height of the drawing
 * @param dots where the dots are
 * @param range smallest and largest sample with unit
 * @param values every sample in its base unit, in full
 * @param unit the base unit
 */
public record SamplePlot(
    int width, int height, List<Dot> dots, String range, List<String> values, String unit) {
  public SamplePlot {
    dots = List.copyOf(dots);
    values = List.copyOf(values);
  }

  /**
   * @param x from the left
   * @param y from the top
   */
  public record Dot(String x, String y) {}
}
