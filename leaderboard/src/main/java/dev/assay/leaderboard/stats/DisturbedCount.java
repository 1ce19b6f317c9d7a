package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Result;
import java.util.Collection;
import java.util.List;

/**
 * How much of what was measured is disturbed, for the head of a page and the end of a run.
 *
 * @param figures disturbed figures
 * @param cells cells that have one or more of them
 * @param ceilings disturbed ceilings; one that several cells share counts once
 */
public record DisturbedCount(int figures, int cells, int ceilings) {

  /** What is disturbed in some results. */
  public static DisturbedCount of(Collection<Result> results) {
    List<Integer> byCell =
        results.stream().map(DisturbedCount::figures).filter(count -> count > 0).toList();
    long ceilings =
        results.stream()
            .flatMap(result -> result.ceilings().stream())
            .filter(ceiling -> ceiling.disturbed() != null)
            .distinct()
            .count();
    return new DisturbedCount(
        byCell.stream().mapToInt(Integer::intValue).sum(),
        byCell.size(),
        Math.toIntExact(ceilings));
  }

  private static int figures(Result result) {
    return Math.toIntExact(
        result.measurements().stream().filter(each -> each.disturbed() != null).count());
  }

  /** Whether nothing is disturbed. */
  public boolean isNone() {
    return figures == 0 && ceilings == 0;
  }

  /** For example {@code 6 figures of 2 cells and 1 ceiling}. */
  public String text() {
    String counted = number(figures, "figure") + " of " + number(cells, "cell");
    if (ceilings == 0) {
      return counted;
    }
    String limits = number(ceilings, "ceiling");
    return figures == 0 ? limits : counted + " and " + limits;
  }

  private static String number(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
