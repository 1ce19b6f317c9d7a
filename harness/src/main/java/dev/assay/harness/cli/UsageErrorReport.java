package dev.assay.harness.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** One line on what is wrong with the arguments, and where help is. */
final class UsageErrorReport implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException thrown, String[] arguments) {
    CommandLine command = thrown.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("assay: " + OneLine.of(String.valueOf(thrown.getMessage())));
    if (!UnmatchedArgumentException.printSuggestions(thrown, err)) {
      command.usage(err);
    }
    err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.BAD_INPUT;
  }
}
