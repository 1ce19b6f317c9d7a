package dev.assay.leaderboard.site.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cell's line in a ranking.
 *
 * @param rank rank as shown, {@code 2=} for a tie, empty if unranked
 * @param rankTitle why it has this rank or none
 * @param order position in the ranking, from 0
 * @param recipe recipe and the cell's page
 * @param summary the recipe in one line
 * @param model model name
 * @param target target name
 * @param method stages, or {@code none}
 * @param status {@code succeeded} or {@code failed}
 * @param provenances provenances of the figures in this row, and {@code disturbed} if one is,
 *     separated by spaces
 * @param baseline whether ratios are taken against it
 * @param failure why it failed
 * @param figures one for each column
 */
public record Row(
    String rank,
    String rankTitle,
    int order,
    Link recipe,
    String summary,
    String model,
    String target,
    String method,
    String status,
    String provenances,
    boolean baseline,
    @Nullable String failure,
    List<Figure> figures) {
  public Row {
    figures = List.copyOf(figures);
  }
}
