package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.chart.CeilingTable;
import dev.assay.leaderboard.site.chart.RooflineCharts;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.overview.DisturbedNotice;
import dev.assay.leaderboard.site.view.CellPage;
import dev.assay.leaderboard.site.view.CellPage.Compression;
import dev.assay.leaderboard.site.view.CellPage.FailureText;
import dev.assay.leaderboard.site.view.CellPage.Heading;
import dev.assay.leaderboard.site.view.CellPage.Machine;
import dev.assay.leaderboard.site.view.CellPage.Measurements;
import dev.assay.leaderboard.site.view.CellPage.Source;
import dev.assay.leaderboard.site.view.Chart;
import dev.assay.leaderboard.site.view.RooflineSection;
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
    @Nullable Result baseline =
        Baselines.find(
                result,
                latest.stream().filter(each -> each.machine().equals(result.machine())).toList())
            .orElse(null);
    return new CellPage(
        heading(result),
        CellFacts.cell(result),
        failure(result.failure()),
        new Measurements(CellFigures.of(result, baseline), CellProtocols.of(result)),
        compression(result, baseline),
        machine(result),
        new Source(
            RerunCommand.of(result.cell(), suiteFiles),
            "../data/cells/" + CellText.file(result) + ".json",
            HistoryLines.of(result, earlier, history.of(result))));
  }

  private static Heading heading(Result result) {
    CellDescription cell = result.cell();
    return new Heading(
        cell.recipe().name(),
        cell.recipe().summary(),
        cell.model().name(),
        cell.baseline(),
        DisturbedNotice.of(List.of(result)));
  }

  private static Compression compression(Result result, @Nullable Result baseline) {
    return new Compression(
        result.cell().recipe().resolvedYaml(),
        StageStairs.of(result, baseline),
        TrainingSections.of(result, baseline),
        CellFacts.calibration(result.calibration()),
        CellFacts.artifact(result.artifact()),
        LayerMatrices.errors(result.linears()),
        LinearTable.of(result.linears()),
        CheckTables.of(result.check()),
        LayerMatrices.peaks(result.inputs()),
        InputTable.of(result.inputs()));
  }

  private Machine machine(Result result) {
    @Nullable Chart roofline =
        rooflines.of(List.of(result), "").stream()
            .findFirst()
            .map(RooflineSection::chart)
            .orElse(null);
    return new Machine(
        roofline,
        CeilingTable.of(result.ceilings()),
        EnvironmentFacts.of(result.environment()),
        result.environment().warnings());
  }

  private static @Nullable FailureText failure(@Nullable Failure failure) {
    return failure == null
        ? null
        : new FailureText(failure.stage(), failure.kind(), failure.message(), failure.detail());
  }
}
