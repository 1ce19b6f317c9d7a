package dev.assay.leaderboard.site;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.cell.CellPages;
import dev.assay.leaderboard.site.chart.ParetoCharts;
import dev.assay.leaderboard.site.chart.RooflineCharts;
import dev.assay.leaderboard.site.download.Downloads;
import dev.assay.leaderboard.site.folder.SiteFolder;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.format.Dates;
import dev.assay.leaderboard.site.overview.DisturbedNotice;
import dev.assay.leaderboard.site.overview.FailedCells;
import dev.assay.leaderboard.site.overview.FilterChoices;
import dev.assay.leaderboard.site.overview.RunFacts;
import dev.assay.leaderboard.site.ranking.RankingTables;
import dev.assay.leaderboard.site.render.Assets;
import dev.assay.leaderboard.site.render.MethodologyText;
import dev.assay.leaderboard.site.render.ScriptJson;
import dev.assay.leaderboard.site.render.Templates;
import dev.assay.leaderboard.site.view.IndexPage;
import dev.assay.leaderboard.site.view.Mark;
import dev.assay.leaderboard.site.view.Site;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.file.PathUtils;

/**
 * Makes the static site from results: a front page with rankings and charts, a page a cell, the
 * methodology and downloads. The pages need no server and ask nothing of any other host. The same
 * results and the same {@link SiteOptions} give the same bytes.
 */
public final class SiteGenerator {
  private final Templates templates = new Templates();
  private final ScriptJson json = new ScriptJson();
  private final RankingTables rankings = new RankingTables(new ParetoCharts(json));
  private final RooflineCharts rooflines = new RooflineCharts(json);
  private final Downloads downloads = new Downloads();

  /**
   * Writes the site; one that stands there already is replaced as a whole.
   *
   * @param results results of one run or several
   * @param directory where to put it; absent, empty or a site made before
   * @param generation what the site says of its own making
   * @return results that no page could be made of, which are left out
   * @throws IOException if the directory holds something else, or a file cannot be written
   * @throws IllegalArgumentException if there are no results
   */
  public List<LeftOut> generate(Collection<Result> results, Path directory, SiteOptions generation)
      throws IOException {
    if (results.isEmpty()) {
      throw new IllegalArgumentException("no results to make a site from");
    }
    Agreement agreement = Agreement.of(results);
    List<LeftOut> leftOut = new ArrayList<>(agreement.leftOut());
    try (SiteFolder site = SiteFolder.replacing(directory)) {
      leftOut.addAll(writeThose(site.staging(), agreement.kept(), generation));
      site.publish();
    }
    return leftOut;
  }

  /**
   * Writes what can be written.
   *
   * @return what was left out
   */
  private List<LeftOut> writeThose(Path root, List<Result> results, SiteOptions generation)
      throws IOException {
    try {
      write(root, results, generation);
      return List.of();
    } catch (RuntimeException | CharacterCodingException | JsonProcessingException e) {
      // Which result it was is only looked for where there is one.
      List<LeftOut> leftOut = new ArrayList<>();
      List<Result> kept = new ArrayList<>(results);
      for (Result result : results) {
        fault(root, result, generation)
            .ifPresent(
                reason -> {
                  leftOut.add(new LeftOut(result, reason));
                  kept.remove(result);
                });
      }
      if (leftOut.isEmpty() || kept.isEmpty()) {
        throw e;
      }
      PathUtils.cleanDirectory(root);
      write(root, kept, generation);
      return leftOut;
    }
  }

  /** Why no site can be made of a result alone, if so. */
  private Optional<String> fault(Path root, Result result, SiteOptions generation)
      throws IOException {
    PathUtils.cleanDirectory(root);
    try {
      write(root, List.of(result), generation);
      return Optional.empty();
    } catch (RuntimeException | CharacterCodingException | JsonProcessingException e) {
      return Optional.of("no page can be made of it: " + e.getMessage());
    }
  }

  private void write(Path root, Collection<Result> results, SiteOptions generation)
      throws IOException {
    Selection selection = Selection.of(results);
    writeIndex(root, selection.latest(), generation);
    writeCells(root, selection, generation);
    Map<String, Object> model = model(generation, "");
    model.put("text", MethodologyText.html());
    templates.write("methodology.ftlh", model, root.resolve("methodology.html"));
    downloads.write(root.resolve("data"), selection.all(), selection.latest());
    Assets.copyTo(root.resolve("assets"));
  }

  private void writeIndex(Path root, List<Result> latest, SiteOptions generation)
      throws IOException {
    Map<String, Object> model = model(generation, "");
    model.put(
        "page",
        new IndexPage(
            DisturbedNotice.of(latest),
            RunFacts.of(latest),
            FilterChoices.of(latest),
            rankings.of(latest),
            rooflines.of(latest, "cells/"),
            FailedCells.of(latest)));
    templates.write("index.ftlh", model, root.resolve("index.html"));
  }

  private void writeCells(Path root, Selection selection, SiteOptions generation)
      throws IOException {
    CellPages pages =
        new CellPages(selection.latest(), rooflines, generation.suiteFiles(), generation.history());
    for (Result result : selection.latest()) {
      Map<String, Object> model = model(generation, "../");
      model.put("page", pages.of(result, selection.before(result)));
      templates.write("cell.ftlh", model, root.resolve("cells/" + CellText.page(result)));
    }
  }

  private static Map<String, Object> model(SiteOptions generation, String root) {
    String revision = generation.revision();
    Map<String, Object> model = new HashMap<>();
    model.put("root", root);
    model.put(
        "site",
        new Site(
            generation.title(),
            generation.notice(),
            Dates.minute(generation.generatedAt()),
            generation.version() + (revision == null ? "" : " (" + revision + ")"),
            Mark.all()));
    return model;
  }
}
