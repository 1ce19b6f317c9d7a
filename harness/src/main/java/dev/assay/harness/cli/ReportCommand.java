package dev.assay.harness.cli;

import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.run.Publication;
import dev.assay.harness.run.machine.Machine;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code assay report}. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description =
        "Rebuild the index and the site from the results on disk. The site shows the cells of"
            + " every suite's last run.")
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private Locations locations;

  @Override
  public Integer call() {
    Home home = Home.ofLauncher();
    Publication publication =
        new Publication(
            locations.reports(),
            AssayBuild.current(),
            new Machine(home.path(), home.profiles()).revision());
    PrintWriter out = spec.commandLine().getOut();
    out.println(publication.site());
    out.flush();
    return ExitCode.SUCCESS;
  }
}
