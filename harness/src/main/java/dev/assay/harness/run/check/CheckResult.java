package dev.assay.harness.run.check;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Problems;
import dev.assay.harness.suite.CalibrationFaults;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.WrittenSuite;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What a check found: problems, for which nothing is run, and warnings, with which it is. */
public final class CheckResult {
  private final Problems problems = new Problems();
  private final Set<String> warnings = new LinkedHashSet<>();
  private final CalibrationFaults calibrationProblems;
  private final CalibrationFaults calibrationWarnings;
  private final Map<String, Set<String>> ofCells = new LinkedHashMap<>();

  CheckResult(WrittenSuite written) {
    this.calibrationProblems = new CalibrationFaults(written);
    this.calibrationWarnings = new CalibrationFaults(written);
  }

  void problem(BadInputException problem) {
    problems.add(problem);
  }

  /** Adds a problem of a key of a cell's calibration, of which the message has no place. */
  void calibrationProblem(CellSpec cell, String key, String message) {
    calibrationProblems.add(cell, key, message);
  }

  /** Adds a warning about a key of a cell's calibration, of which the text has no place. */
  void calibrationWarning(CellSpec cell, String key, String text) {
    calibrationWarnings.add(cell, key, text);
    note(cell, text);
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
    note(cell, text);
  }

  private void note(CellSpec cell, String text) {
    ofCells.computeIfAbsent(cell.name(), name -> new LinkedHashSet<>()).add(text);
  }

  /**
   * @throws BadInputException with all problems, if there are any
   */
  void requireNoProblem() {
    calibrationProblems.errors().forEach(problems::add);
    problems.requireNone();
  }

  /** All warnings, each with file, line and key. */
  public List<String> warnings() {
    return Stream.concat(
            warnings.stream(),
            calibrationWarnings.errors().stream().map(error -> String.valueOf(error.getMessage())))
        .toList();
  }

  /** What to mind about the figures of a cell. */
  public List<String> of(CellSpec cell) {
    return List.copyOf(ofCells.getOrDefault(cell.name(), Set.of()));
  }
}
