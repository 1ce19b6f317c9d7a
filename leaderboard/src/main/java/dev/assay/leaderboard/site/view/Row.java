package dev.assay.leaderboard.site.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cell's line in a ranking.
 *
 * @param rank where it stands
 * @param recipe recipe and the cell's page
 * @param summary the recipe in one line
 * @param labels what rows are filtered by
 * @param baseline whether ratios are taken against it
 * @param vocabulary in what vocabulary texts were read, where it is not the model's own
 * @param failure why it failed
 * @param figures one for each column
 */
public record Row(
    Rank rank,
    Link recipe,
    String summary,
    Labels labels,
    boolean baseline,
    @Nullable String vocabulary,
    @Nullable String failure,
    List<Figure> figures) {
  public Row {
    figures = List.copyOf(figures);
  }

  /**
   * @param text rank as shown, {@code 2=} for a tie, a dash if unranked
   * @param title why it has this rank or none
   * @param order position in the ranking, from 0
   */
  public record Rank(String text, String title, int order) {}

  /**
   * @param model model name
   * @param target target name
   * @param method stages, or {@code none}
   * @param status {@code succeeded} or {@code failed}
   * @param provenances provenances of the figures in this row, and {@code disturbed} if one is,
   *     separated by spaces
   */
  public record Labels(
      String model, String target, String method, String status, String provenances) {}
}
