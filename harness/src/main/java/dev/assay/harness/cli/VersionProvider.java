package dev.assay.harness.cli;

import dev.assay.harness.build.AssayBuild;
import picocli.CommandLine.IVersionProvider;

/** The lines of {@code assay --version}. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    AssayBuild build = AssayBuild.current();
    return new String[] {
      "Assay " + build.version(),
      "build " + build.figures(),
      "libtorch " + build.libtorch(),
      "Java " + Runtime.version(),
    };
  }
}
