package dev.assay.leaderboard.site.overview;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.stats.DisturbedCount;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What the head of a page says of disturbed figures. */
public final class DisturbedNotice {
  private DisturbedNotice() {}

  /** The notice; null if nothing is disturbed. */
  public static @Nullable String of(Collection<Result> results) {
    DisturbedCount count = DisturbedCount.of(results);
    return count.isNone()
        ? null
        : "Disturbed: "
            + count.text()
            + ". Other work, a falling clock or heat got in the way. They are"
            + " marked ! and are in no rank, ratio, speed-up, front or finding.";
  }
}
