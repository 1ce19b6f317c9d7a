package dev.assay.harness.cli;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.YamlDirectory;
import dev.assay.engine.family.Families;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.cli.table.Table;
import dev.assay.harness.dataset.DatasetInfo;
import dev.assay.harness.hardware.profile.HardwareProfile;
import dev.assay.harness.measure.MetricCatalog;
import dev.assay.harness.suite.LoadedSuite;
import dev.assay.leaderboard.result.Direction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List what there is to use; stages with their parameters and defaults.")
final class ListCommand implements Callable<Integer> {
  /** What can be listed. */
  enum Kind {
    SUITES,
    MODELS,
    RECIPES,
    STAGES,
    PROFILES,
    DATASETS,
    METRICS
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}, in any case.")
  private Kind kind = Kind.RECIPES;

  @Mixin private Locations locations;

  @Mixin private TableOutput output;

  private final Home home = Home.ofLauncher();
  private final StageRegistry stages = StageRegistry.load();

  @Override
  public Integer call() {
    Table table =
        switch (kind) {
          case SUITES -> suites();
          case MODELS -> models();
          case RECIPES -> recipes();
          case STAGES -> new StageTable(stages).build();
          case PROFILES -> profiles();
          case DATASETS -> datasets();
          case METRICS -> metrics();
        };
    output.print(spec.commandLine().getOut(), table);
    return ExitCode.SUCCESS;
  }

  private Table suites() {
    Table.Builder table = Table.of("suite", "cells", "summary");
    SuiteReader reader = new SuiteReader(locations);
    for (String name : YamlDirectory.names(home.suites()).known()) {
      LoadedSuite suite = reader.load(home.suites().resolve(name + YamlDirectory.SUFFIX));
      table.row(name, Integer.toString(suite.cells().size()), suite.suite().summary());
    }
    return table.build();
  }

  private Table models() {
    Table.Builder table = Table.of("model", "family", "parameters", "weights", "path");
    for (Path directory : directories(home.models())) {
      Checkpoint checkpoint = new Families().belonging(Checkpoint.open(directory));
      table.row(
          directory.getFileName().toString(),
          new Families().architecture(checkpoint).family(),
          String.format(Locale.ROOT, "%,d", checkpoint.parameters()),
          String.format(Locale.ROOT, "%,d B", checkpoint.weightBytes()),
          home.path().relativize(directory).toString());
    }
    for (SyntheticConfiguration each : SyntheticConfiguration.in(home.configurations())) {
      table.row(
          each.name(),
          each.family(),
          each.parameters(),
          "synthetic",
          home.path().relativize(each.file()).toString());
    }
    table.row("any directory", String.join(", ", new Families().names()), "", "", "a path");
    table.row("any on the hub", "", "", "", "hub:owner/name@revision");
    return table.build();
  }

  private static List<Path> directories(Path parent) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(parent)) {
      return entries
          .filter(entry -> Files.isRegularFile(entry.resolve("config.json")))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(parent + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private Table recipes() {
    Table.Builder table = Table.of("recipe", "stages", "dtype", "summary");
    RecipeLoader loader = home.recipes(stages);
    for (String name : loader.names().known()) {
      Recipe recipe = loader.read(loader.file(name, home.path()));
      table.row(
          name,
          recipe.stages().stream().map(step -> step.stage()).collect(Collectors.joining(", ")),
          recipe.dtype() == null ? "the target's" : recipe.dtype().label(),
          recipe.summary());
    }
    return table.build();
  }

  private Table profiles() {
    Table.Builder table = Table.of("profile", "device", "title");
    for (HardwareProfile profile : home.profiles().all()) {
      table.row(profile.name(), profile.device().name().toLowerCase(Locale.ROOT), profile.title());
    }
    return table.build();
  }

  private Table datasets() {
    Table.Builder table = Table.of("dataset", "split", "bytes", "sha256", "source", "licence");
    for (DatasetInfo info : locations.datasets().list()) {
      for (DatasetInfo.Split split : info.splits()) {
        table.row(
            info.name(),
            split.name(),
            String.format(Locale.ROOT, "%,d", split.bytes()),
            split.sha256(),
            info.source(),
            info.licence());
      }
    }
    table.row("any .txt", "all", "", "of the file", "a path, or file:PATH", "");
    return table.build();
  }

  private static Table metrics() {
    Table.Builder table = Table.of("metric", "unit", "better", "how", "meaning");
    for (MetricCatalog.Entry entry : MetricCatalog.entries()) {
      table.row(
          entry.name(),
          entry.unit(),
          entry.direction() == Direction.LOWER_IS_BETTER ? "lower" : "higher",
          entry.how(),
          entry.meaning());
    }
    return table.build();
  }
}
