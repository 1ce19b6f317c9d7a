package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.view.Column;
import dev.assay.leaderboard.site.view.Figure;
import dev.assay.leaderboard.site.view.Mark;
import dev.assay.leaderboard.stats.Ratio;

/** What columns of ratios to the baseline have in common. */
abstract class RatioColumn implements RankingColumn {
  private final Column column;

  RatioColumn(Column column) {
    this.column = column;
  }

  @Override
  public final Column column() {
    return column;
  }

  static Figure figure(Ratio ratio, String meaning) {
    Interval interval = ratio.interval();
    String title = "computed: " + meaning;
    if (interval != null) {
      title +=
          "; %s interval %s to %s (%s)"
              .formatted(
                  Ratios.confidence(interval.confidence()),
                  Ratios.number(interval.low()),
                  Ratios.times(interval.high()),
                  interval.method());
    }
    return new Figure(
        Ratios.times(ratio.value()),
        null,
        Mark.of(Provenance.COMPUTED),
        null,
        title,
        Double.toString(ratio.value()),
        null,
        null,
        false);
  }

  static boolean isBaseline(RankedCells members, Result result) {
    return members.baselineOf(result).filter(result::equals).isPresent();
  }

  static Figure baseline() {
    return new Figure(
        "1",
        null,
        Mark.of(Provenance.COMPUTED),
        null,
        "this is the baseline",
        "1",
        null,
        null,
        false);
  }
}
