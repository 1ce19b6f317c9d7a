package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.format.MetricName;
import dev.assay.leaderboard.site.format.ProtocolName;
import dev.assay.leaderboard.site.view.Figure;
import dev.assay.leaderboard.site.view.Mark;
import dev.assay.leaderboard.site.view.Row;
import dev.assay.leaderboard.stats.Place;
import dev.assay.leaderboard.stats.Ranking;
import dev.assay.leaderboard.stats.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The lines of a ranking table. */
final class RankingRows {
  private RankingRows() {}

  static List<Row> of(RankedCells members, List<RankingColumn> columns) {
    List<Place> places = Ranking.of(members.results(), members.by()).places();
    List<Row> rows = new ArrayList<>();
    for (Place place : places) {
      rows.add(row(members, place, rows.size(), columns));
    }
    return rows;
  }

  private static Row row(RankedCells members, Place place, int order, List<RankingColumn> columns) {
    Result result = place.result();
    CellDescription cell = result.cell();
    List<Figure> figures = columns.stream().map(column -> column.figure(result)).toList();
    Failure failure = result.failure();
    return new Row(
        new Row.Rank(rank(place.standing()), rankTitle(members, place.standing()), order),
        CellText.link(result),
        cell.recipe().summary(),
        new Row.Labels(
            cell.model().name(),
            CellText.target(result),
            CellText.method(result),
            CellText.status(result),
            provenances(figures)),
        cell.baseline(),
        members
            .perplexity()
            .in(result)
            .flatMap(figure -> ProtocolName.vocabulary(figure.protocol()))
            .orElse(null),
        failure == null ? null : "failed in " + failure.stage() + ": " + failure.message(),
        figures);
  }

  private static String provenances(List<Figure> figures) {
    return figures.stream()
        .flatMap(figure -> Stream.of(figure.mark(), figure.alert()))
        .filter(Objects::nonNull)
        .map(Mark::name)
        .distinct()
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static String rank(Standing standing) {
    return standing instanceof Standing.Ranked ranked
        ? ranked.rank() + (ranked.tied() ? "=" : "")
        : "–";
  }

  private static String rankTitle(RankedCells members, Standing standing) {
    if (standing instanceof Standing.Ranked ranked) {
      return ranked.tied() ? "tied: cannot be told apart from the first of this rank" : "";
    }
    return standing instanceof Standing.Unranked unranked
        ? "unranked: the "
            + MetricName.inText(members.by().metric())
            + " is "
            + unranked.why().label()
        : "unranked: " + ((Standing.Absent) standing).reason();
  }
}
