package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.LinearReport;
import dev.assay.leaderboard.site.view.LayerErrors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Relative errors as a matrix of layers by linears, one for each stage and kind of error. */
final class LayerErrorTables {
  private static final int HOTTEST = 9;

  private LayerErrorTables() {}

  static List<LayerErrors> of(List<LinearReport> reports) {
    Map<String, List<LinearReport>> stages = new LinkedHashMap<>();
    for (LinearReport report : reports) {
      stages
          .computeIfAbsent(
              report.stage() + ", error of the " + report.errorKind() + "s",
              stage -> new ArrayList<>())
          .add(report);
    }
    return stages.entrySet().stream()
        .map(entry -> matrix(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static LayerErrors matrix(String stage, List<LinearReport> reports) {
    List<String> linears = reports.stream().map(LinearReport::linear).distinct().toList();
    Collection<Integer> layers = new TreeSet<>(reports.stream().map(LinearReport::layer).toList());
    Heat heat = Heat.of(reports);
    List<LayerErrors.Layer> lines = new ArrayList<>();
    for (int layer : layers) {
      List<LayerErrors.LayerError> errors = new ArrayList<>();
      for (String linear : linears) {
        errors.add(error(find(reports, layer, linear), heat));
      }
      lines.add(new LayerErrors.Layer(layer, errors));
    }
    return new LayerErrors(stage, linears, lines);
  }

  private static @Nullable LinearReport find(List<LinearReport> reports, int layer, String linear) {
    return reports.stream()
        .filter(report -> report.layer() == layer && report.linear().equals(linear))
        .findFirst()
        .orElse(null);
  }

  private static LayerErrors.LayerError error(@Nullable LinearReport report, Heat heat) {
    if (report == null) {
      return new LayerErrors.LayerError("–", 0, null);
    }
    String text =
        Double.isFinite(report.relativeError())
            ? String.format(Locale.ROOT, "%.2e", report.relativeError())
            : Double.toString(report.relativeError());
    return new LayerErrors.LayerError(text, heat.of(report.relativeError()), report.note());
  }

  /** Logarithmic shades between the smallest and the largest error above 0. */
  private record Heat(double least, double most) {
    static Heat of(List<LinearReport> reports) {
      double[] errors =
          reports.stream()
              .mapToDouble(LinearReport::relativeError)
              .filter(error -> error > 0 && Double.isFinite(error))
              .sorted()
              .toArray();
      return errors.length == 0 ? new Heat(1, 1) : new Heat(errors[0], errors[errors.length - 1]);
    }

    int of(double error) {
      if (!Double.isFinite(error)) {
        return HOTTEST;
      }
      if (!(error > least)) {
        return 0;
      }
      double share = Math.log(error / least) / Math.log(most / least);
      return (int) Math.min(HOTTEST, Math.round(share * HOTTEST));
    }
  }
}
