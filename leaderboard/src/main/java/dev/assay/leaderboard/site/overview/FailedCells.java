package dev.assay.leaderboard.site.overview;

import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.view.FailedCell;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The cells that failed, with the reason. */
public final class FailedCells {
  private FailedCells() {}

  /** Failed cells in the order given. */
  public static List<FailedCell> of(Collection<Result> results) {
    List<FailedCell> failed = new ArrayList<>();
    for (Result result : results) {
      Failure failure = result.failure();
      if (failure != null) {
        failed.add(
            new FailedCell(
                CellText.link(result),
                result.cell().model().name(),
                failure.stage(),
                failure.kind(),
                failure.message()));
      }
    }
    return failed;
  }
}
