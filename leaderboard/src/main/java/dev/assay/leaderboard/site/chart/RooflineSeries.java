package dev.assay.leaderboard.site.chart;

import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.RooflinePoint;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.DataTable;
import dev.assay.leaderboard.site.view.Link;
import dev.assay.leaderboard.site.view.Mark;
import dev.assay.leaderboard.stats.Incomparability;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Ceilings and points of one roofline, as numbers and as a table. */
final class RooflineSeries {
  private final List<Result> results;
  private final List<Ceiling> ceilings;
  private final String cells;

  RooflineSeries(Collection<Result> results, Collection<Ceiling> ceilings, String cells) {
    this.results = List.copyOf(results);
    this.ceilings = List.copyOf(ceilings);
    this.cells = cells;
  }

  boolean isEmpty() {
    return results.stream().allMatch(result -> result.roofline().isEmpty());
  }

  RooflineData data() {
    List<RooflineData.Point> points = new ArrayList<>();
    for (Result result : results) {
      for (RooflinePoint point : result.roofline()) {
        if (point.intensity() > 0 && point.achieved() > 0) {
          points.add(point(result, point));
        }
      }
    }
    double left = intensities(points).min().orElse(1) / 4;
    double right = intensities(points).max().orElse(1) * 8;
    return new RooflineData(new CeilingLines(shown(), left, right).lines(), points);
  }

  /**
   * Bandwidths, and the compute ceilings of the arithmetics that the cells run in. Of those that
   * each cell has measured for itself, such as reading as many bytes as its model has, the best
   * that nothing disturbed.
   */
  private Collection<Ceiling> shown() {
    Set<String> used =
        results.stream()
            .flatMap(result -> result.roofline().stream())
            .map(RooflinePoint::dtype)
            .collect(Collectors.toSet());
    Map<List<String>, Ceiling> best = new LinkedHashMap<>();
    for (Ceiling ceiling : ceilings) {
      if (!ceiling.kind().equals("compute") || used.contains(ceiling.dtype())) {
        best.merge(
            List.of(ceiling.name(), ceiling.dtype(), ceiling.origin()),
            ceiling,
            BinaryOperator.maxBy(
                Comparator.comparing((Ceiling each) -> each.disturbed() == null)
                    .thenComparing(Ceiling::value)));
      }
    }
    return best.values();
  }

  private static DoubleStream intensities(List<RooflineData.Point> points) {
    return points.stream().mapToDouble(RooflineData.Point::x);
  }

  private RooflineData.Point point(Result result, RooflinePoint point) {
    String aside = Incomparability.of(point).map(Incomparability::label).orElse(null);
    return new RooflineData.Point(
        result.cell().recipe().name(),
        cells + CellText.page(result),
        point.phase(),
        point.intensity(),
        point.achieved(),
        aside,
        "%s FLOP/B · %s%s"
            .formatted(
                Ratios.number(point.intensity()),
                rate(point.achieved()),
                aside == null ? " · " + share(point) + " of the attainable" : " · " + aside));
  }

  DataTable table() {
    List<DataTable.DataRow> rows = new ArrayList<>();
    for (Result result : results) {
      for (RooflinePoint point : result.roofline()) {
        Link link = new Link(result.cell().recipe().name(), cells + CellText.page(result));
        rows.add(
            new DataTable.DataRow(
                link,
                List.of(
                    point.phase(),
                    point.dtype(),
                    Ratios.number(point.intensity()),
                    rate(point.achieved()),
                    rate(point.attainable()),
                    Incomparability.of(point).isPresent() ? "–" : share(point),
                    Mark.of(point.provenance()).name()
                        + (point.disturbed() == null ? "" : ", disturbed"))));
      }
    }
    return new DataTable(
        "Data of this chart",
        List.of(
            "Recipe",
            "Phase",
            "Arithmetic",
            "Intensity, FLOP/B",
            "Achieved",
            "Attainable",
            "Share",
            "Provenance"),
        rows);
  }

  private static String share(RooflinePoint point) {
    return point.attainable() > 0 ? Ratios.percent(point.achieved() / point.attainable()) : "–";
  }

  private static String rate(double value) {
    return Scale.of("rate", "FLOP/s", value).text(value);
  }
}
