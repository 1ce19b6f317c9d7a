package dev.assay.harness.cli;

/** What the process tells its caller. */
final class ExitCode {
  static final int SUCCESS = 0;
  static final int SOFTWARE_ERROR = 1;
  static final int BAD_INPUT = 2;
  static final int CELLS_FAILED = 3;

  private ExitCode() {}
}
