package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Result;
import java.util.List;

/** Knows what else there is of a result's series on its machine. */
@FunctionalInterface
public interface History {
  /** Knows of nothing. */
  History NONE = result -> List.of();

  /** The results of the series on the machine, this one included, the oldest first. */
  List<Night> of(Result result);
}
