package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Artifact;
import dev.assay.leaderboard.result.CalibrationSamples;
import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.format.Dates;
import dev.assay.leaderboard.site.view.Fact;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What was run, as facts. */
final class CellFacts {
  private CellFacts() {}

  static List<Fact> cell(Result result) {
    CellDescription cell = result.cell();
    CellDescription.Model model = cell.model();
    CellDescription.Target target = cell.target();
    return List.of(
        Fact.of("Cell", cell.id()),
        identity(result),
        Fact.of("Suite", cell.suite()),
        Fact.of("Run", result.run()),
        new Fact(
            "Model",
            List.of(
                model.name() + " (" + model.family() + ")",
                String.format(Locale.ROOT, "%,d parameters", model.parameters()),
                "from "
                    + model.source()
                    + (model.revision() == null ? "" : ", commit " + model.revision()),
                "sha256 " + model.sha256())),
        Fact.of("Stages", CellText.method(result)),
        new Fact(
            "Target",
            List.of(
                target.name() + ", profile " + target.hardwareProfile(),
                target.device() + ", " + target.dtype() + ", " + target.threads() + " threads")),
        Fact.of("Seed", Long.toString(cell.seed())),
        new Fact(
            "Time",
            List.of(
                Dates.minute(result.startedAt()),
                "took " + Dates.span(Duration.between(result.startedAt(), result.finishedAt())))));
  }

  private static Fact identity(Result result) {
    Identity identity = result.identity();
    String machine = "machine " + result.machine();
    return new Fact(
        "Known by",
        identity == null
            ? List.of(machine, "of an older build of Assay, so in no series")
            : List.of(machine, "series " + identity.series(), "build " + identity.build()));
  }

  static List<Fact> artifact(@Nullable Artifact artifact) {
    return artifact == null
        ? List.of()
        : List.of(
            Fact.of("Format", artifact.format()),
            Fact.of("Runs as", artifact.execution()),
            Fact.of("sha256", artifact.sha256()),
            Fact.of("Path in the cache", artifact.path()));
  }

  static List<Fact> calibration(@Nullable CalibrationSamples calibration) {
    return calibration == null
        ? List.of()
        : List.of(
            Fact.of("Data set", calibration.dataset() + ", " + calibration.split()),
            Fact.of("sha256 of the text", calibration.datasetSha256()),
            Fact.of(
                "Samples",
                calibration.samples()
                    + " of "
                    + calibration.length()
                    + " tokens, "
                    + calibration.sampling()
                    + ", seed "
                    + calibration.seed()),
            Fact.of("sha256 of the token ids", calibration.tokenIdsSha256()));
  }
}
