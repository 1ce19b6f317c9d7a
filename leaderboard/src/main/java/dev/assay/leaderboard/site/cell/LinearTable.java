package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.LinearReport;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.view.DataTable;
import dev.assay.leaderboard.site.view.Link;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Everything recorded of each linear, line by line. */
final class LinearTable {
  private LinearTable() {}

  /** The table; null if nothing was recorded. */
  static @Nullable DataTable of(List<LinearReport> reports) {
    if (reports.isEmpty()) {
      return null;
    }
    return new DataTable(
        "All linears",
        List.of(
            "Linear",
            "Stage",
            "Out × in",
            "Relative error",
            "of",
            "Sparsity",
            "Bits / weight",
            "Time",
            "Note"),
        reports.stream().map(LinearTable::row).toList());
  }

  private static DataTable.DataRow row(LinearReport report) {
    return new DataTable.DataRow(
        new Link(report.layer() < 0 ? report.linear() : report.layer() + " " + report.linear(), ""),
        List.of(
            report.stage(),
            report.outFeatures() + " × " + report.inFeatures(),
            String.format(Locale.ROOT, "%.4g", report.relativeError()),
            report.errorKind(),
            Ratios.percent(report.sparsity()),
            String.format(Locale.ROOT, "%.2f", report.bits()),
            String.format(Locale.ROOT, "%.3f s", report.seconds()),
            Objects.requireNonNullElse(report.note(), "")));
  }
}
