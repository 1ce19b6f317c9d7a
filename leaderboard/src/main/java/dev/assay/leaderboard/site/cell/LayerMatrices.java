package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.LinearInput;
import dev.assay.leaderboard.result.LinearInputs;
import dev.assay.leaderboard.result.LinearReport;
import dev.assay.leaderboard.site.view.LayerMatrix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Figures of linears as matrices of layers by linears. */
final class LayerMatrices {
  private LayerMatrices() {}

  /** A linear's figure. */
  private record Entry(
      int layer, String linear, double value, String format, @Nullable String note) {
    String text() {
      return Double.isFinite(value)
          ? String.format(Locale.ROOT, format, value)
          : Double.toString(value);
    }
  }

  /** Relative errors, one matrix for each stage and kind of error. */
  static List<LayerMatrix> errors(List<LinearReport> reports) {
    Map<String, List<Entry>> stages = new LinkedHashMap<>();
    for (LinearReport each : reports) {
      stages
          .computeIfAbsent(
              each.stage() + ", error of the " + each.errorKind() + "s", stage -> new ArrayList<>())
          .add(new Entry(each.layer(), each.linear(), each.relativeError(), "%.2e", each.note()));
    }
    return stages.entrySet().stream()
        .map(entry -> matrix(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** How many times the median the greatest input is; nothing where no text was read. */
  static @Nullable LayerMatrix peaks(@Nullable LinearInputs inputs) {
    if (inputs == null) {
      return null;
    }
    List<Entry> entries = new ArrayList<>();
    for (LinearInput each : inputs.linears()) {
      Double peak = InputTable.peak(each);
      if (peak != null) {
        entries.add(new Entry(each.layer(), each.linear(), peak, "%.3g", null));
      }
    }
    return entries.isEmpty() ? null : matrix("Absmax over median of the inputs", entries);
  }

  private static LayerMatrix matrix(String title, List<Entry> entries) {
    List<String> linears = entries.stream().map(Entry::linear).distinct().toList();
    Collection<Integer> layers = new TreeSet<>(entries.stream().map(Entry::layer).toList());
    Heat heat = Heat.of(entries.stream().map(Entry::value).toList());
    List<LayerMatrix.Layer> lines = new ArrayList<>();
    for (int layer : layers) {
      List<LayerMatrix.Cell> cells = new ArrayList<>();
      for (String linear : linears) {
        cells.add(cell(find(entries, layer, linear), heat));
      }
      lines.add(new LayerMatrix.Layer(layer, cells));
    }
    return new LayerMatrix(title, linears, lines);
  }

  private static @Nullable Entry find(List<Entry> entries, int layer, String linear) {
    return entries.stream()
        .filter(each -> each.layer() == layer && each.linear().equals(linear))
        .findFirst()
        .orElse(null);
  }

  private static LayerMatrix.Cell cell(@Nullable Entry entry, Heat heat) {
    return entry == null
        ? new LayerMatrix.Cell("–", 0, null)
        : new LayerMatrix.Cell(entry.text(), heat.of(entry.value()), entry.note());
  }
}
