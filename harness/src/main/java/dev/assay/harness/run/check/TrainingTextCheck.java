package dev.assay.harness.run.check;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.finetune.LessonMethod;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.harness.dataset.DatasetInfo;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.dataset.TrainingText;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.harness.suite.WrittenSuite;
import java.util.HashSet;
import java.util.Set;

/** Whether texts that stages learn from are there, and are others than what is measured. */
final class TrainingTextCheck {
  private final StageRegistry stages;
  private final DatasetRegistry datasets;
  private final WrittenSuite written;
  private final CheckResult findings;

  /** Names of those that were looked at, and found to be fit to learn from. */
  private final Set<String> fit = new HashSet<>();

  TrainingTextCheck(
      StageRegistry stages, DatasetRegistry datasets, WrittenSuite written, CheckResult findings) {
    this.stages = stages;
    this.datasets = datasets;
    this.written = written;
    this.findings = findings;
  }

  void cell(CellSpec cell) {
    for (Step step : cell.recipe().stages()) {
      CompressionMethod method = stages.method(step);
      method.texts().forEach(text -> find(cell, step, text, method instanceof LessonMethod));
      if (method instanceof LessonMethod trained) {
        WantedText learned = trained.lesson().from().data();
        if (learned != null) {
          cell.measures().perplexity().forEach(measure -> compare(cell, step, learned, measure));
        }
      }
    }
  }

  /**
   * @param learned whether it is a text that a student is taught
   */
  private void find(CellSpec cell, Step step, WantedText text, boolean learned) {
    try {
      DatasetInfo.Split unused = datasets.find(text.dataset()).info().split(text.split());
      if (learned && DatasetRegistry.isTextFile(text.dataset()) && fit.add(text.dataset())) {
        TrainingText unusedText = new TrainingText(datasets.load(text.dataset(), text.split()));
      }
    } catch (BadInputException e) {
      fit.remove(text.dataset());
      findings.problem(
          written.error(
              written.recipe(cell.recipe().name()),
              "recipe %s: stage %s: %s"
                  .formatted(cell.recipe().name(), step.stage(), e.getMessage())));
    }
  }

  /** What is remembered tells nothing of other texts. */
  private void compare(CellSpec cell, Step step, WantedText learned, PerplexityMeasure measure) {
    if (learned.dataset().equals(measure.dataset()) && learned.split().equals(measure.split())) {
      String text =
          "recipe %s: stage %s learns from %s, %s, which perplexity is measured on: that says how well it is remembered"
              .formatted(cell.recipe().name(), step.stage(), learned.dataset(), learned.split());
      findings.warning(cell, text, written.error(written.recipe(cell.recipe().name()), text));
    }
  }
}
