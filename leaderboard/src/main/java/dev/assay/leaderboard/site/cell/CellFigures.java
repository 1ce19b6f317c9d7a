package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.ConditionsText;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.CellFigure;
import dev.assay.leaderboard.site.view.CellFigure.Disturbance;
import dev.assay.leaderboard.site.view.CellFigure.Name;
import dev.assay.leaderboard.site.view.CellFigure.Spread;
import dev.assay.leaderboard.site.view.Mark;
import dev.assay.leaderboard.stats.Comparison;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every measurement of a cell with all that is needed to judge it. */
final class CellFigures {
  private CellFigures() {}

  static List<CellFigure> of(Result result, @Nullable Result baseline) {
    Map<Measurement, String> ratios = new HashMap<>();
    if (baseline != null && !baseline.equals(result)) {
      for (Comparison.Entry entry : Comparison.of(result, baseline).entries()) {
        ratios.put(entry.cell(), ratio(entry));
      }
    }
    FigureLabels labels = new FigureLabels(result.measurements());
    return result.measurements().stream()
        .map(each -> figure(each, labels, ratios.getOrDefault(each, "")))
        .toList();
  }

  private static String ratio(Comparison.Entry entry) {
    if (entry instanceof Comparison.Known known) {
      Interval interval = known.ratio().interval();
      String times = Ratios.times(known.ratio().value());
      return interval == null
          ? times
          : times
              + " ["
              + Ratios.number(interval.low())
              + ", "
              + Ratios.number(interval.high())
              + "]";
    }
    return "none: " + ((Comparison.Unknown) entry).reason();
  }

  private static CellFigure figure(Measurement measurement, FigureLabels labels, String ratio) {
    Double value = measurement.value();
    Name name = new Name(labels.label(measurement), labels.variant(measurement));
    Mark mark = Mark.of(measurement.provenance());
    String protocol =
        measurement.protocol().settings().isEmpty() ? "" : measurement.protocol().id();
    String note = Objects.requireNonNullElse(measurement.note(), "");
    String conditions = ConditionsText.of(measurement.conditions());
    if (value == null) {
      Disturbance none = new Disturbance(null, "", conditions);
      return new CellFigure(name, "–", mark, none, Spread.NONE, "", protocol, note, null);
    }
    Scale scale = Scale.of(measurement.metric(), measurement.unit(), value);
    return new CellFigure(
        name,
        scale.text(value),
        mark,
        new Disturbance(
            Mark.ofDisturbance(measurement.disturbed()),
            Objects.requireNonNullElse(measurement.disturbed(), ""),
            conditions),
        spread(measurement, finer(scale)),
        ratio,
        protocol,
        note,
        SamplePlots.of(measurement, finer(scale)));
  }

  private static Spread spread(Measurement measurement, Scale scale) {
    Double error = measurement.standardError();
    return new Spread(
        error == null ? "" : scale.text(error), interval(measurement.interval(), scale));
  }

  private static String interval(@Nullable Interval interval, Scale scale) {
    return interval == null
        ? ""
        : "[%s, %s], %s, %s"
            .formatted(
                scale.number(interval.low()),
                scale.number(interval.high()),
                Ratios.confidence(interval.confidence()),
                interval.method());
  }

  /** One digit more than the value, so that narrow intervals do not collapse. */
  private static Scale finer(Scale scale) {
    return new Scale(scale.factor(), scale.unit(), scale.decimals() + 1);
  }
}
