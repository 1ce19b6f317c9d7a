package dev.assay.engine.config;

import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;

/** Several things that the user gave are wrong; each problem is an error of its own. */
public final class BadInputsException extends BadInputException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  private BadInputsException(Collection<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** The problems that an error is about, each with file, line or key, found and expected. */
  public static List<String> of(BadInputException error) {
    return error instanceof BadInputsException several
        ? several.problems
        : List.of(String.valueOf(error.getMessage()));
  }

  /** An error about each of some problems, of which there is at least one. */
  static BadInputException about(Collection<String> problems) {
    return problems.size() == 1
        ? new BadInputException(problems.iterator().next())
        : new BadInputsException(problems);
  }

  /** An error about the same problems in other words. */
  public static BadInputException reworded(BadInputException error, UnaryOperator<String> words) {
    return about(of(error).stream().map(words).toList());
  }
}
