package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.chart.CeilingTable;
import dev.assay.leaderboard.site.chart.RooflineCharts;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.overview.DisturbedNotice;
import dev.assay.leaderboard.site.view.CellPage;
import dev.assay.leaderboard.site.view.CellPage.FailureText;
import dev.assay.leaderboard.site.view.Chart;
import dev.assay.leaderboard.site.view.Roofline;
import dev.assay.leaderboard.stats.Baselines;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the pages of cells. */
public final class CellPages {
  private final Collection<Result> latest;
  private final RooflineCharts rooflines;
  private final Map<String, String> suiteFiles;
  private final History history;

  /**
   * @param latest results that baselines are looked up among
   * @param rooflines makes the cell's roofline
   * @param suiteFiles suite name to the file it is run from
   * @param history what there is of a series
   */
  public CellPages(
      Collection<Result> latest,
      RooflineCharts rooflines,
      Map<String, String> suiteFiles,
      History history) {
    this.latest = List.copyOf(latest);
    this.rooflines = rooflines;
    this.suiteFiles = Map.copyOf(suiteFiles);
    this.history = history;
  }

  /** The page of a cell, from its latest result and the ones before. */
  public CellPage of(Result result, Collection<Result> earlier) {
    CellDescription cell = result.cell();
    @Nullable Result baseline =
        Baselines.find(
                result,
                latest.stream().filter(each -> each.machine().equals(result.machine())).toList())
            .orElse(null);
    @Nullable Chart roofline =
        rooflines.of(List.of(result), "").stream().findFirst().map(Roofline::chart).orElse(null);
    return new CellPage(
        cell.recipe().name(),
        cell.recipe().summary(),
        cell.model().name(),
        CellText.status(result),
        cell.baseline(),
        DisturbedNotice.of(List.of(result)),
        CellFacts.cell(result),
        failure(result.failure()),
        CellFigures.of(result, baseline),
        CellProtocols.of(result),
        LayerErrorTables.of(result.linears()),
        LinearTable.of(result.linears()),
        roofline,
        CeilingTable.of(result.ceilings()),
        cell.recipe().resolvedYaml(),
        CellFacts.artifact(result.artifact()),
        CellFacts.calibration(result.calibration()),
        EnvironmentFacts.of(result.environment()),
        result.environment().warnings(),
        RerunCommand.of(cell, suiteFiles),
        "../data/cells/" + CellText.file(result) + ".json",
        HistoryLines.of(result, earlier, history.of(result)));
  }

  private static @Nullable FailureText failure(@Nullable Failure failure) {
    return failure == null
        ? null
        : new FailureText(failure.stage(), failure.kind(), failure.message(), failure.detail());
  }
}
