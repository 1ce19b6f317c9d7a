package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Status;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One result of a series.
 *
 * @param run the run that made it
 * @param cell the cell's id, which is another with every build
 * @param build the build that took the figures; absent if it is an older one
 * @param status how it ended
 * @param finishedAt when
 * @param figures those of its figures that a history shows
 */
public record Night(
    String run,
    String cell,
    @Nullable String build,
    Status status,
    Instant finishedAt,
    List<Measurement> figures) {
  public Night {
    figures = List.copyOf(figures);
  }
}
