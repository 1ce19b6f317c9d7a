package dev.assay.leaderboard.site.chart;

import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.DataTable;
import dev.assay.leaderboard.site.view.Link;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ceilings of a machine as a table. */
public final class CeilingTable {
  private CeilingTable() {}

  /** The table; null if there are none. */
  public static @Nullable DataTable of(List<Ceiling> ceilings) {
    if (ceilings.isEmpty()) {
      return null;
    }
    return new DataTable(
        "Ceilings of the machine",
        List.of("Ceiling", "Kind", "Arithmetic", "Limit", "Origin", "Source", "Samples"),
        ceilings.stream().map(CeilingTable::row).toList());
  }

  private static String reason(Ceiling ceiling) {
    return ceiling.disturbed() == null ? "" : "; disturbed: " + ceiling.disturbed();
  }

  private static DataTable.DataRow row(Ceiling ceiling) {
    Scale scale = Scale.of(ceiling.name(), ceiling.unit(), ceiling.value());
    return new DataTable.DataRow(
        new Link(ceiling.name(), ""),
        List.of(
            ceiling.kind(),
            ceiling.dtype(),
            scale.text(ceiling.value()) + (ceiling.disturbed() == null ? "" : " ! disturbed"),
            ceiling.origin(),
            ceiling.source() + reason(ceiling),
            String.join(", ", ceiling.samples().stream().map(scale::number).toList())));
  }
}
