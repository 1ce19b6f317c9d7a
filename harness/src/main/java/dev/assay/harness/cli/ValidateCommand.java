package dev.assay.harness.cli;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlReader;
import dev.assay.engine.hub.HubState;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.hardware.profile.HardwareProfile;
import dev.assay.harness.run.RunOptions;
import dev.assay.harness.run.SuiteRun;
import dev.assay.harness.run.check.SuiteCheck;
import dev.assay.harness.run.need.Capacity;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.suite.LoadedSuite;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay validate}. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description =
        "Check suites with all that they refer to, as far as is known before anything is"
            + " compressed; or recipes, or hardware profiles. Names every fault that can be told beside the others.")
final class ValidateCommand implements Callable<Integer> {
  /** What the files are. */
  static final class Kind {
    @Option(names = "--recipe", description = "The files are recipes.")
    private boolean recipe;

    @Option(names = "--profile", description = "The files are hardware profiles.")
    private boolean profile;

    private boolean isSuite() {
      return !recipe && !profile;
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files; suites unless said so.")
  private List<Path> files = new ArrayList<>();

  @ArgGroup private Kind kind = new Kind();

  @Mixin private ForceOption force;

  @Mixin private Locations locations;

  private final Capacity.Probe capacity;

  ValidateCommand(Capacity.Probe capacity) {
    this.capacity = capacity;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    int faulty = 0;
    for (Path file : files) {
      try {
        out.println(file + ": " + check(file));
      } catch (RuntimeException e) {
        List<String> lines = ErrorReport.lines(e);
        if (lines.isEmpty()) {
          throw e;
        }
        lines.forEach(err::println);
        faulty++;
        if (kind.isSuite() && looksLikeRecipe(file)) {
          err.println("assay: " + file + ": is it a recipe? Those are checked with --recipe");
        }
      }
    }
    out.flush();
    return faulty == 0 ? ExitCode.SUCCESS : ExitCode.BAD_INPUT;
  }

  private static boolean looksLikeRecipe(Path file) {
    try {
      return YamlReader.read(file).find(KeyPath.ROOT.key("stages")).isPresent();
    } catch (BadInputException e) {
      return false;
    }
  }

  private String check(Path file) {
    if (kind.recipe) {
      Home.ofLauncher().recipes(StageRegistry.load()).read(file);
      return "ok";
    } else if (kind.profile) {
      new YamlBinder().read(file, HardwareProfile.class);
      return "ok";
    }
    SuiteReader reader = new SuiteReader(locations);
    LoadedSuite suite = reader.load(file);
    Map<String, HubState> onHub = SuiteReader.hubStates(suite);
    List<PlannedCell> cells =
        reader.plan(
            SuiteReader.atHand(suite, onHub), new WarningLines(spec.commandLine().getErr()));
    if (!force.isSet()) {
      SuiteReader.requireRoomForDownloads(onHub, capacity);
      reader.requireRoom(SuiteRun.toRun(suite, cells, options(), reader.machine().id()), capacity);
    }
    StringBuilder found = new StringBuilder(count(suite.cells().size(), cells));
    onHub.forEach(
        (model, state) -> found.append("; ").append(model).append(": ").append(state.describe()));
    return found.toString();
  }

  /** A suite is sound even where some cells are known to fail, but not in one breath with them. */
  private static String count(int all, List<PlannedCell> cells) {
    long failing = cells.stream().filter(cell -> SuiteCheck.willFail(cell.warnings())).count();
    String counted = all + (all == 1 ? " cell" : " cells");
    if (failing == 0) {
      return "ok, " + counted;
    }
    return failing == all
        ? counted + ", which will fail: see the warnings"
        : "ok, " + counted + ", " + failing + " of which will fail";
  }

  /** As a run without further options has them. */
  private RunOptions options() {
    return new RunOptions(
        locations.reports(),
        locations.artifacts(),
        locations.datasetPaths(),
        List.of(),
        false,
        false);
  }
}
