package dev.assay.harness.cli;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.BadInputsException;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** One clear line for what the user can mend; the stack trace for what only we can. */
final class ErrorReport implements IExecutionExceptionHandler {
  @Override
  public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    List<String> lines = lines(thrown);
    if (!lines.isEmpty()) {
      lines.forEach(err::println);
      return ExitCode.BAD_INPUT;
    }
    err.println("assay: software error: " + thrown);
    thrown.printStackTrace(err);
    return ExitCode.SOFTWARE_ERROR;
  }

  /** What the user can mend, a line each; none if it is a fault of ours. */
  static List<String> lines(Exception thrown) {
    Stream<String> problems =
        thrown instanceof BadInputException bad
            ? BadInputsException.of(bad).stream()
            : FileSystemFault.of(thrown).stream();
    return problems.map(problem -> "assay: " + OneLine.of(problem)).toList();
  }
}
