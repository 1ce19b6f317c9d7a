package dev.assay.leaderboard.site.overview;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.view.Filters;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** What the rows of the rankings can be filtered by. */
public final class FilterChoices {
  private FilterChoices() {}

  /** The values that occur. */
  public static Filters of(Collection<Result> results) {
    return new Filters(
        sorted(results, result -> result.cell().model().name()),
        sorted(results, CellText::method),
        sorted(results, CellText::status));
  }

  private static List<String> sorted(Collection<Result> results, Function<Result, String> text) {
    return results.stream().map(text).distinct().sorted().toList();
  }
}
