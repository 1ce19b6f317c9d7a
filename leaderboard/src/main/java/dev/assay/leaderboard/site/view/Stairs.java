package dev.assay.leaderboard.site.view;

import java.util.List;

/**
 * What each stage of a recipe bought: bars in lines, one for each stage, and the same as a table.
 *
 * @param width width of the drawing
 * @param height height of the drawing
 * @param label the drawing in a sentence, for who does not see it
 * @param heads what the bars of a column are
 * @param lines one for the uncompressed model, and one for each stage
 * @param table everything that is known of them
 * @param notes what was not measured, and why
 */
public record Stairs(
    int width,
    int height,
    String label,
    List<Head> heads,
    List<Line> lines,
    DataTable table,
    List<String> notes) {
  public Stairs {
    heads = List.copyOf(heads);
    lines = List.copyOf(lines);
    notes = List.copyOf(notes);
  }

  /**
   * @param x from the left
   * @param text what stands there
   */
  public record Head(int x, String text) {}

  /**
   * @param y top of its bars
   * @param name the stage
   * @param bars one for each head
   */
  public record Line(int y, String name, List<Bar> bars) {
    public Line {
      bars = List.copyOf(bars);
    }
  }

  /**
   * @param x from the left
   * @param width how long it is
   * @param text x of its figure
   * @param figure the figure with its unit, or that there is none
   */
  public record Bar(int x, String width, String text, String figure) {}
}
