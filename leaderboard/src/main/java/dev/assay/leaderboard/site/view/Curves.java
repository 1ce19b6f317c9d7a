package dev.assay.leaderboard.site.view;

import java.util.List;

/**
 * Losses over steps as lines.
 *
 * @param width width of the drawing
 * @param height height of the drawing
 * @param label the drawing in a sentence, for who does not see it
 * @param levels losses on the left axis
 * @param steps on the lower axis
 * @param lines what is drawn
 */
public record Curves(
    int width, int height, String label, List<Tick> levels, List<Tick> steps, List<Line> lines) {
  public Curves {
    levels = List.copyOf(levels);
    steps = List.copyOf(steps);
    lines = List.copyOf(lines);
  }

  /**
   * @param at where it stands on its axis
   * @param text what stands there
   */
  public record Tick(String at, String text) {}

  /**
   * @param kind {@code train} or {@code held}
   * @param name what it is, for the key
   * @param dots its points from the left
   * @param dotted whether points are drawn, too
   */
  public record Line(String kind, String name, List<SamplePlot.Dot> dots, boolean dotted) {
    public Line {
      dots = List.copyOf(dots);
    }

    /** As a polyline has them. */
    public String points() {
      return String.join(" ", dots.stream().map(dot -> dot.x() + "," + dot.y()).toList());
    }
  }
}
