package dev.assay.harness.run;

import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.cell.History;
import dev.assay.leaderboard.site.cell.Night;
import dev.assay.leaderboard.store.IndexException;
import dev.assay.leaderboard.store.IndexedCell;
import dev.assay.leaderboard.store.IndexedMeasurement;
import dev.assay.leaderboard.store.ResultIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The histories of results as the index has them: reading the result files of a year of nights
 * would take more memory than there is.
 *
 * @param nights by series and machine, the oldest first
 */
record IndexedHistory(Map<Series, List<Night>> nights) implements History {
  private static final Logger LOG = LoggerFactory.getLogger(IndexedHistory.class);
  private static final List<String> METRICS =
      List.of(Metrics.PERPLEXITY, Metrics.TIME_PER_OUTPUT_TOKEN);

  /**
   * @param id identifier of the series
   * @param machine identifier of the machine
   */
  record Series(String id, String machine) {
    static Series of(Identity identity) {
      return new Series(identity.series(), identity.machine());
    }
  }

  IndexedHistory {
    nights = Map.copyOf(nights);
  }

  /**
   * Asks the index. One that is in use elsewhere tells nothing, which is not worth a failure.
   *
   * @param directory where the index is
   * @param results what histories are wanted of
   */
  static IndexedHistory of(Path directory, Collection<Result> results) {
    Map<Series, List<Night>> nights = new HashMap<>();
    try (ResultIndex index = ResultIndex.open(directory)) {
      for (Result result : results) {
        Identity identity = result.identity();
        if (identity != null) {
          nights.computeIfAbsent(Series.of(identity), series -> nights(index, series));
        }
      }
    } catch (IndexException e) {
      LOG.warn("{}; pages come without the history of their series", e.getMessage());
    }
    return new IndexedHistory(nights);
  }

  @Override
  public List<Night> of(Result result) {
    Identity identity = result.identity();
    return identity == null ? List.of() : nights.getOrDefault(Series.of(identity), List.of());
  }

  private static List<Night> nights(ResultIndex index, Series series) {
    Map<IndexedCell, List<Measurement>> figures = new HashMap<>();
    for (String metric : METRICS) {
      for (IndexedMeasurement each : index.history(series.id(), series.machine(), metric)) {
        figures.computeIfAbsent(each.cell(), cell -> new ArrayList<>()).add(each.measurement());
      }
    }
    return index.series(series.id(), series.machine()).stream()
        .map(
            cell ->
                new Night(
                    cell.run(),
                    cell.cellId(),
                    cell.build(),
                    cell.status(),
                    cell.finishedAt(),
                    figures.getOrDefault(cell, List.of())))
        .toList();
  }
}
