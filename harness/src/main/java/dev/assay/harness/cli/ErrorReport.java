package dev.assay.harness.cli;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.BadInputsException;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** One clear line for what the user can mend; the stack trace for what only we can. */
final class ErrorReport implements IExecutionExceptionHandler {
  @Override
  public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (thrown instanceof BadInputException bad) {
      BadInputsException.of(bad).forEach(problem -> err.println("assay: " + problem));
      return ExitCode.BAD_INPUT;
    }
    Optional<String> mendable = Mendable.of(thrown);
    if (mendable.isPresent()) {
      err.println("assay: " + mendable.get());
      return ExitCode.BAD_INPUT;
    }
    err.println("assay: software error: " + thrown);
    thrown.printStackTrace(err);
    return ExitCode.SOFTWARE_ERROR;
  }
}
