package dev.assay.harness.cli;

import dev.assay.harness.run.need.Capacity;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code assay}. */
@Command(
    name = "assay",
    description = "Tries, measures and proves language-model compression.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    subcommands = {
      RunCommand.class,
      PlanCommand.class,
      ValidateCommand.class,
      ListCommand.class,
      ShowCommand.class,
      ReportCommand.class,
      ExportCommand.class,
      MixedCommand.class,
      FetchCommand.class,
      TeachCommand.class,
      CacheCommand.class,
      HardwareCommand.class,
      AutoComplete.GenerateCompletion.class,
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:software error",
      "2:usage, or bad input",
      "3:some cells, or measures of them, failed",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay run suites/quick.yaml          run a suite, then write its site",
      "  assay run suites/quick.yaml --cell '*/gptq-*/cpu'",
      "  assay plan suites/reference.yaml     what would run, what is there already",
      "  assay list recipes                   the recipes, by name",
      "  assay show recipe gptq-w4-g128       a recipe with everything filled in",
      "  assay fetch hub:owner/name           a model from the Hugging Face hub",
      "  assay teach teach.yaml --dry-run     what a training set of a teacher would cost",
      "  assay cache list                     what lies in the cache, and what of it is stale",
      "  assay hardware --measure             the machine, its profile, its ceilings",
      "  assay export models/ref-7m --format gguf-q8_0 --output ref-7m.gguf",
      "  assay mixed models/ref-7m --bytes 4MB --output recipes/fits.yaml",
      "",
      "Shell completion: source <(assay generate-completion)",
    })
public final class Assay implements Runnable {
  @Spec private CommandSpec spec;

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    System.exit(commandLine().execute(arguments));
  }

  /** The command line, ready to execute. */
  public static CommandLine commandLine() {
    return commandLine(Capacity::ofMachine);
  }

  /** The command line on a machine with some memory and disk. */
  public static CommandLine commandLine(Capacity.Probe capacity) {
    return new CommandLine(new Assay(), new Commands(capacity))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(new ErrorReport())
        .setParameterExceptionHandler(new UsageErrorReport());
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "found no command, expected one of those below");
  }
}
