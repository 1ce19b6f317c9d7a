package dev.assay.harness.run;

import dev.assay.engine.config.BadInputException;
import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.run.journal.ReportsDirectory;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.SiteGenerator;
import dev.assay.leaderboard.site.SiteOptions;
import dev.assay.leaderboard.store.IndexException;
import dev.assay.leaderboard.store.RebuildReport;
import dev.assay.leaderboard.store.ResultIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the index and the site from what is on the disk. The site shows, for every suite and
 * machine, the cells of its last run, each with the last result that any run has of it there.
 */
public final class Publication {
  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

  private final ReportsDirectory reports;
  private final AssayBuild build;
  private final @Nullable String revision;
  private final StoredResults stored = new StoredResults();
  private final Set<Path> leftOut = new HashSet<>();

  /**
   * @param reports where the results are, and the index and the site go
   * @param build version of Assay
   * @param revision commit of Assay, if known
   */
  public Publication(ReportsDirectory reports, AssayBuild build, @Nullable String revision) {
    this.reports = reports;
    this.build = build;
    this.revision = revision;
  }

  /**
   * Rebuilds the index. An index that is in use elsewhere is left as it is, as it can be rebuilt at
   * any time.
   */
  public void index() {
    try (ResultIndex index = ResultIndex.open(reports.path())) {
      RebuildReport report = index.rebuild(reports.runsPath(), stored::read);
      report.rejected().forEach(rejected -> leaveOut(rejected.file(), rejected.cause()));
      LOG.debug("{} results in the index", report.indexed());
    } catch (IndexException e) {
      LOG.warn("{}; 'assay report' makes it anew", e.getMessage());
    } catch (IOException e) {
      throw unwritable(reports.path(), e);
    }
  }

  /**
   * Rebuilds the index and writes the site.
   *
   * @return its front page
   * @throws BadInputException if there are no results
   */
  public Path site() {
    List<RunDirectory> runs = reports.runs();
    ShownCells shown = ShownCells.of(runs, stored);
    List<Result> results = results(runs, shown);
    runs.forEach(this::mentionUnlisted);
    if (results.isEmpty()) {
      throw new BadInputException(
          reports.runsPath() + ": found no results, expected those of at least one run");
    }
    index();
    try {
      new SiteGenerator()
          .generate(
              results,
              reports.site(),
              new SiteOptions(
                  "Leaderboard",
                  Instant.now(),
                  build.version(),
                  revision,
                  shown.suiteFiles(),
                  null,
                  IndexedHistory.of(reports.path(), results)))
          .forEach(
              each -> leaveOut(file(each.result()), file(each.result()) + ": " + each.reason()));
    } catch (IOException e) {
      throw unwritable(reports.site(), e);
    }
    return reports.site().resolve("index.html");
  }

  private List<Result> results(List<RunDirectory> runs, ShownCells shown) {
    List<Result> results = new ArrayList<>();
    for (RunDirectory run : runs) {
      for (String cell : shown.cells()) {
        Path file = run.result(cell);
        // A link that leads nowhere is named too.
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          try {
            Result result = stored.read(file);
            if (shown.has(result)) {
              results.add(result);
            }
          } catch (IOException e) {
            leaveOut(file, String.valueOf(e.getMessage()));
          }
        }
      }
    }
    return results;
  }

  private Path file(Result result) {
    return new RunDirectory(reports.runsPath().resolve(result.run())).result(result.cell().id());
  }

  private void mentionUnlisted(RunDirectory run) {
    List<Path> unlisted = new ArrayList<>();
    for (Path file : UnlistedResults.of(run)) {
      try {
        stored.read(file);
        unlisted.add(file);
      } catch (IOException e) {
        leaveOut(file, String.valueOf(e.getMessage()));
      }
    }
    if (!unlisted.isEmpty()) {
      LOG.warn(
          "{}: found {} that the journal of the run does not list, expected none; not on the site",
          unlisted.get(0),
          unlisted.size() == 1 ? "a result" : "the first of " + unlisted.size() + " results");
    }
  }

  /** Of a disk that is full the system does not say which. */
  static UncheckedIOException unwritable(Path path, IOException e) {
    String message = String.valueOf(e.getMessage());
    return new UncheckedIOException(
        message.contains(path.toString()) ? message : path + ": cannot be written: " + message, e);
  }

  /** Index and site read the same files; a broken one is named once. */
  private void leaveOut(Path file, String cause) {
    if (leftOut.add(file)) {
      LOG.warn("left out: {}", cause);
    }
  }
}
