package dev.assay.harness.cli;

import picocli.CommandLine.Option;

/** The option {@code --force} of verbs that refuse what does not fit on the machine. */
final class ForceOption {
  @Option(
      names = "--force",
      description = "Go on even if memory or disk will not do, by the forecast of 'assay plan'.")
  private boolean force;

  boolean isSet() {
    return force;
  }
}
