package dev.assay.harness.cli;

import dev.assay.engine.calibration.StageContext.Progress;
import dev.assay.harness.teach.TeachFile;
import dev.assay.harness.teach.TeachRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay teach}. */
@Command(
    name = "teach",
    mixinStandardHelpOptions = true,
    description = {
      "Have a teacher answer prompts, and write what a student learns from.",
      "",
      "The teacher is a server that speaks chat completions, or a model on this machine. Answers"
          + " are kept on disk: a run that was broken off goes on where it was, and pays for"
          + " nothing twice. The key comes from an environment variable and goes nowhere else."
    })
final class TeachCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "YAML that says who is asked what.")
  private Path file = Path.of("");

  @Option(
      names = "--dry-run",
      description = "Only estimate requests, tokens and cost; nothing is sent.")
  private boolean dryRun;

  @Mixin private ProgressOption progress;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (TeachRun run =
        TeachRun.of(
            TeachFile.read(file),
            System.getenv(),
            line -> {
              out.println(OneLine.of(line));
              out.flush();
            })) {
      if (dryRun) {
        run.estimate();
      } else {
        run.run(new Shown());
      }
    }
    return ExitCode.SUCCESS;
  }

  /** On standard error. */
  private final class Shown implements TeachRun.Watch {
    @Override
    public <T> T over(String task, Function<Progress, T> work) {
      return progress.counting(spec.commandLine().getErr(), task, work);
    }
  }
}
