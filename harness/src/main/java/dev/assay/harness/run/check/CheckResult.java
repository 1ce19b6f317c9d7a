package dev.assay.harness.run.check;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Problems;
import dev.assay.harness.suite.CellSpec;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a check found: problems, for which nothing is run, and warnings, with which it is. */
public final class CheckResult {
  private final Problems problems = new Problems();
  private final Set<String> warnings = new LinkedHashSet<>();
  private final Map<String, Set<String>> ofCells = new LinkedHashMap<>();

  void problem(BadInputException problem) {
    problems.add(problem);
  }

  /**
   * Adds a warning.
   *
   * @param cell whose figures it is about
   * @param text what to mind, without the place
   * @param located the same with file, line and key
   */
  void warning(CellSpec cell, String text, BadInputException located) {
    warnings.add(String.valueOf(located.getMessage()));
    ofCells.computeIfAbsent(cell.name(), name -> new LinkedHashSet<>()).add(text);
  }

  /**
   * @throws BadInputException with all problems, if there are any
   */
  void requireNoProblem() {
    problems.requireNone();
  }

  /** All warnings, each with file, line and key. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** What to mind about the figures of a cell. */
  public List<String> of(CellSpec cell) {
    return List.copyOf(ofCells.getOrDefault(cell.name(), Set.of()));
  }
}
