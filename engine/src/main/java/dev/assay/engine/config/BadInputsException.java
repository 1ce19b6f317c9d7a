package dev.assay.engine.config;

import java.util.Collection;
import java.util.List;

/** Several things that the user gave are wrong; each problem is an error of its own. */
public final class BadInputsException extends BadInputException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  BadInputsException(Collection<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** The problems that an error is about, each with file, line or key, found and expected. */
  public static List<String> of(BadInputException error) {
    return error instanceof BadInputsException several
        ? several.problems
        : List.of(String.valueOf(error.getMessage()));
  }
}
