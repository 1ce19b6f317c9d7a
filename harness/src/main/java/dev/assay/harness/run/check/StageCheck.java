package dev.assay.harness.run.check;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.recipe.PipelineCheck;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.WrittenSuite;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Holds the stages of recipes against models: what they select must be there. A recipe that fits
 * some model of the suite, or may fit one that is not known, is sound, and fails its cells of the
 * others; one that fits none is not.
 */
final class StageCheck {
  private final StageRegistry stages;
  private final WrittenSuite written;
  private final CheckResult findings;
  private final Set<String> fitting = new HashSet<>();
  private final Map<CellSpec, String> misfits = new LinkedHashMap<>();

  StageCheck(StageRegistry stages, WrittenSuite written, CheckResult findings) {
    this.stages = stages;
    this.written = written;
    this.findings = findings;
  }

  void cell(CellSpec cell, KnownModel model) {
    try {
      PipelineCheck check = new PipelineCheck(model.architecture(), stages);
      check.require(cell.recipe().stages());
      check.requireSaid(cell.recipe().stages(), model.config());
      model.checkpoint().ifPresent(files -> check.requireTokens(cell.recipe().stages(), files));
      model.checkpoint().ifPresent(source -> check.requireLessons(cell.recipe().stages(), source));
      fitting.add(cell.recipe().name());
      check.idle(cell.recipe().stages()).forEach(text -> idle(cell, text));
    } catch (BadInputException e) {
      misfits.put(
          cell,
          "recipe %s on model %s: %s"
              .formatted(cell.recipe().name(), cell.model().name(), e.getMessage()));
    }
  }

  private void idle(CellSpec cell, String what) {
    String text =
        "recipe %s on model %s: %s".formatted(cell.recipe().name(), cell.model().name(), what);
    findings.warning(cell, text, written.error(written.recipe(cell.recipe().name()), text));
  }

  /** Takes note of a cell whose model nobody knows, or whose device is not there. */
  void unknown(CellSpec cell) {
    fitting.add(cell.recipe().name());
  }

  /** Tells what was found, when all cells have been looked at. */
  void tell() {
    misfits.forEach(
        (cell, why) -> {
          KeyPath path = written.recipe(cell.recipe().name());
          if (fitting.contains(cell.recipe().name())) {
            String text = SuiteCheck.WILL_FAIL + ": " + why;
            findings.warning(cell, text, written.error(path, text));
          } else {
            findings.problem(written.error(path, why));
          }
        });
  }
}
