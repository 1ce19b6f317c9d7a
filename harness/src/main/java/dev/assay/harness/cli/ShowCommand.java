package dev.assay.harness.cli;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.cli.table.Table;
import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.stats.DisturbedCount;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Show a result, or a recipe with everything resolved.")
final class ShowCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "found nothing to show, expected one of these");
  }

  @Command(
      name = "recipe",
      mixinStandardHelpOptions = true,
      description = "A recipe with what it extends and all defaults filled in, as YAML.")
  int recipe(
      @Parameters(paramLabel = "RECIPE", description = "Name, or path of a .yaml file.")
          String reference) {
    RecipeLoader loader = Home.ofLauncher().recipes(StageRegistry.load());
    PrintWriter out = spec.commandLine().getOut();
    out.print(loader.load(reference).toYaml());
    out.flush();
    return ExitCode.SUCCESS;
  }

  @Command(
      name = "result",
      mixinStandardHelpOptions = true,
      description = "The figures of a cell, the last that any run has of it.")
  int result(
      @Parameters(
              paramLabel = "CELL",
              description = "Id of a cell, its name as model/recipe/target, or a result file.")
          String reference,
      @Option(names = "--protocols", description = "Also how each figure was taken.")
          boolean protocols,
      @Mixin Locations locations,
      @Mixin TableOutput output) {
    Result result = read(reference, locations);
    PrintWriter out = spec.commandLine().getOut();
    if (output.forPeople()) {
      heading(result, out);
    }
    Table.Builder table =
        protocols
            ? Table.of(
                "metric",
                "value",
                "unit",
                "interval",
                "provenance",
                "disturbed",
                "note",
                "protocol")
            : Table.of("metric", "value", "unit", "interval", "provenance", "disturbed", "note");
    for (Measurement measurement : result.measurements()) {
      Double value = measurement.value();
      String figure = value == null ? "" : number(value);
      String note = measurement.note() == null ? "" : measurement.note();
      String provenance = measurement.provenance().name().toLowerCase(Locale.ROOT);
      String disturbed = Objects.requireNonNullElse(measurement.disturbed(), "");
      if (protocols) {
        table.row(
            measurement.metric(),
            figure,
            measurement.unit(),
            interval(measurement.interval()),
            provenance,
            disturbed,
            note,
            protocol(measurement));
      } else {
        table.row(
            measurement.metric(),
            figure,
            measurement.unit(),
            interval(measurement.interval()),
            provenance,
            disturbed,
            note);
      }
    }
    output.print(out, table.build());
    return ExitCode.SUCCESS;
  }

  private static Result read(String reference, Locations locations) {
    Path file = Path.of(reference);
    if (!Files.isRegularFile(file)) {
      file =
          find(reference, locations)
              .orElseThrow(
                  () ->
                      new BadInputException(
                          "found '"
                              + reference
                              + "', expected a result file, or the id or the model/recipe/target of a"
                              + " cell that has a result in "
                              + locations.reports().runsPath()));
    }
    try {
      return new ResultJson().read(file);
    } catch (IOException e) {
      throw new BadInputException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The runs are in order, the newest first. */
  private static Optional<Path> find(String cell, Locations locations) {
    return locations.reports().runs().stream()
        .flatMap(
            run ->
                run.cells().stream()
                    .filter(each -> each.id().equals(cell) || each.name().equals(cell))
                    .map(each -> run.result(each.id())))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static void heading(Result result, PrintWriter out) {
    CellDescription cell = result.cell();
    out.printf(
        "%s / %s / %s (%s), suite %s, run %s%n",
        cell.model().name(),
        cell.recipe().name(),
        cell.target().name(),
        cell.id(),
        cell.suite(),
        result.run());
    out.printf(
        "%s to %s on %s, %d threads, %s%n",
        result.startedAt(),
        result.finishedAt(),
        result.environment().cpu().name(),
        cell.target().threads(),
        cell.target().dtype());
    Identity identity = result.identity();
    out.println(
        "machine "
            + result.machine()
            + (identity == null
                ? ", of an older build"
                : ", series " + identity.series() + ", build " + identity.build()));
    Failure failure = result.failure();
    if (failure != null) {
      out.printf("failed in %s: %s: %s%n", failure.stage(), failure.kind(), failure.message());
    }
    DisturbedCount disturbed = DisturbedCount.of(List.of(result));
    if (!disturbed.isNone()) {
      out.println("disturbed, so never ranked: " + disturbed.text());
    }
    result.environment().warnings().forEach(warning -> out.println("warning: " + warning));
    out.println();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }

  private static String interval(@Nullable Interval interval) {
    return interval == null ? "" : number(interval.low()) + " to " + number(interval.high());
  }

  private static String protocol(Measurement measurement) {
    return measurement.protocol().settings().entrySet().stream()
        .map((Map.Entry<String, String> entry) -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
