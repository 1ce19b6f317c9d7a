package dev.assay.leaderboard.site.chart;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.format.MetricName;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.DataTable;
import dev.assay.leaderboard.site.view.Link;
import dev.assay.leaderboard.stats.Incomparability;
import dev.assay.leaderboard.stats.MetricKey;
import dev.assay.leaderboard.stats.ParetoFront;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The points of one Pareto chart, as numbers and as a table. */
final class ParetoSeries {
  /**
   * Axes that span more than this are logarithmic, so that one bad cell does not squash the rest.
   */
  private static final double LOGARITHMIC_FROM = 2;

  private final ParetoFront front;
  private final Scale x;
  private final Scale y;

  ParetoSeries(ParetoFront front) {
    this.front = front;
    x = scale(front.x(), ParetoFront.Point::x);
    y = scale(front.y(), ParetoFront.Point::y);
  }

  ParetoData data() {
    List<ParetoFront.Point> points = front.points();
    return new ParetoData(
        axis(front.x(), x, points.stream().map(point -> value(point.x())).toList()),
        axis(front.y(), y, points.stream().map(point -> value(point.y())).toList()),
        points.stream().map(this::point).toList(),
        front.front().stream().map(points::indexOf).toList());
  }

  DataTable table() {
    List<DataTable.DataRow> rows = new ArrayList<>();
    for (ParetoFront.Point point : front.points()) {
      String standing = point.onFront() ? "yes" : "no";
      rows.add(
          new DataTable.DataRow(
              CellText.link(point.result()),
              List.of(
                  point.result().cell().model().name(),
                  x.number(value(point.x())),
                  y.number(value(point.y())),
                  point.aside().map(Incomparability::label).orElse(standing))));
    }
    for (ParetoFront.Missing missing : front.missing()) {
      Link link = CellText.link(missing.result());
      String model = missing.result().cell().model().name();
      rows.add(new DataTable.DataRow(link, List.of(model, "–", "–", missing.reason())));
    }
    return new DataTable(
        "Data of this chart",
        List.of("Recipe", "Model", head(front.x(), x), head(front.y(), y), "On the front"),
        rows);
  }

  private ParetoData.Point point(ParetoFront.Point point) {
    Interval interval = point.y().interval();
    return new ParetoData.Point(
        point.result().cell().recipe().name(),
        CellText.link(point.result()).href(),
        value(point.x()) / x.factor(),
        value(point.y()) / y.factor(),
        interval == null ? null : scaled(interval.low()),
        interval == null ? null : scaled(interval.high()),
        point.onFront(),
        aside(point),
        point.result().cell().baseline(),
        x.text(value(point.x())) + " · perplexity " + y.text(value(point.y())));
  }

  private static @Nullable String aside(ParetoFront.Point point) {
    return point.aside().map(Incomparability::label).orElse(null);
  }

  private @Nullable Double scaled(double bound) {
    return bound > 0 ? bound / y.factor() : null;
  }

  private Scale scale(MetricKey key, Function<ParetoFront.Point, Measurement> figure) {
    List<Measurement> figures = front.points().stream().map(figure).toList();
    List<Double> values = figures.stream().map(ParetoSeries::value).toList();
    return Scale.of(key.metric(), figures.get(0).unit(), values);
  }

  private static ParetoData.Axis axis(MetricKey key, Scale scale, Collection<Double> values) {
    double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(1);
    double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    return new ParetoData.Axis(head(key, scale), least > 0 && most / least > LOGARITHMIC_FROM);
  }

  private static String head(MetricKey key, Scale scale) {
    String name = MetricName.of(key.metric());
    return scale.unit().isEmpty() ? name : name + ", " + scale.unit();
  }

  private static double value(Measurement measurement) {
    return Objects.requireNonNull(measurement.value());
  }
}
