package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Cells in the order of one metric under one protocol.
 *
 * <p>Measured and computed figures are sorted, the best first. The first cell leads a group; the
 * cells that follow share its rank up to the first one that differs from <em>the leader</em>; that
 * one leads the next group, whose rank is one more than the number of cells before it (1, 1, 3, as
 * in sports). So a cell never stands before one with a better value, however uncertain it is.
 *
 * <p>Two figures differ where their confidence intervals share no point, a figure without interval
 * counting as a point. Perplexities that have samples of the same windows are compared window by
 * window instead, and bits per byte of the same text stretch by stretch: they differ where the
 * paired interval of their ratio excludes 1 (see {@link Ratio}), as the scatter between windows
 * would hide every difference between recipes.
 *
 * <p>After them come the figures that are not compared (simulated or disturbed), unranked, and then
 * the cells without a figure, with the reason. Comparing like with like beyond the protocol (same
 * model, same machine) is up to whoever picks the results.
 *
 * @param key metric and protocol
 * @param places one for each result given
 */
public record Ranking(MetricKey key, List<Place> places) {
  public Ranking {
    places = List.copyOf(places);
  }

  /**
   * @throws IllegalArgumentException if the figures have no better and worse, or disagree on which
   *     is better or on the unit
   */
  public static Ranking of(Collection<Result> results, MetricKey key) {
    List<Taken> ranked = new ArrayList<>();
    List<Taken> aside = new ArrayList<>();
    List<Place> absent = new ArrayList<>();
    for (Result result : results) {
      Measurement found = key.in(result).orElse(null);
      if (found == null || found.value() == null) {
        absent.add(new Place(result, new Standing.Absent(Absence.reason(result, key))));
      } else if (Incomparability.isComparable(found)) {
        ranked.add(new Taken(result, found));
      } else {
        aside.add(new Taken(result, found));
      }
    }
    requireAgreement(key, Stream.concat(ranked.stream(), aside.stream()).toList());
    ranked.sort(bestFirst());
    aside.sort(bestFirst());
    absent.sort(Comparator.comparing(Place::result, BY_NAME));

    List<Place> places = new ArrayList<>(inGroups(ranked));
    for (Taken each : aside) {
      Incomparability why = Incomparability.of(each.figure()).orElseThrow();
      places.add(new Place(each.result(), new Standing.Unranked(why, each.figure())));
    }
    places.addAll(absent);
    return new Ranking(key, places);
  }

  private static List<Place> inGroups(List<Taken> sorted) {
    List<Place> places = new ArrayList<>();
    int start = 0;
    while (start < sorted.size()) {
      Taken leader = sorted.get(start);
      int end = start + 1;
      while (end < sorted.size() && Ties.tied(leader, sorted.get(end))) {
        end++;
      }
      for (Taken each : sorted.subList(start, end)) {
        boolean tied = end - start > 1;
        places.add(new Place(each.result(), new Standing.Ranked(start + 1, tied, each.figure())));
      }
      start = end;
    }
    return places;
  }

  private static final Comparator<Result> BY_NAME =
      Comparator.comparing((Result result) -> result.cell().model().name())
          .thenComparing(result -> result.cell().recipe().name())
          .thenComparing(result -> result.cell().target().name())
          .thenComparing(result -> result.cell().id());

  private static Comparator<Taken> bestFirst() {
    return Comparator.comparing(Taken::figure, Better.FIRST).thenComparing(Taken::result, BY_NAME);
  }

  private static void requireAgreement(MetricKey key, List<Taken> candidates) {
    List<Direction> directions =
        candidates.stream().map(each -> each.figure().direction()).distinct().toList();
    List<String> units = candidates.stream().map(each -> each.figure().unit()).distinct().toList();
    if (directions.size() > 1 || units.size() > 1 || directions.contains(Direction.NEUTRAL)) {
      throw new IllegalArgumentException(
          key.metric() + " cannot be ranked: directions " + directions + ", units " + units);
    }
  }
}
