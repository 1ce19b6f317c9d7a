package dev.assay.harness.run.check;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.finetune.LessonMethod;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.harness.suite.WrittenSuite;

/** Whether a cell's perplexity is of a text that its model was trained on. */
final class LearnedTextCheck {
  private final StageRegistry stages;
  private final WrittenSuite written;
  private final CheckResult findings;

  LearnedTextCheck(StageRegistry stages, WrittenSuite written, CheckResult findings) {
    this.stages = stages;
    this.written = written;
    this.findings = findings;
  }

  void cell(CellSpec cell) {
    for (Step step : cell.recipe().stages()) {
      if (stages.method(step) instanceof LessonMethod method) {
        WantedText learned = method.lesson().from().data();
        for (PerplexityMeasure measure : cell.measures().perplexity()) {
          if (learned != null
              && learned.dataset().equals(measure.dataset())
              && learned.split().equals(measure.split())) {
            String text =
                "recipe %s: stage %s learns from %s, %s, which perplexity is measured on: that says how well it is remembered"
                    .formatted(
                        cell.recipe().name(), step.stage(), learned.dataset(), learned.split());
            findings.warning(cell, text, written.error(written.recipe(cell.recipe().name()), text));
          }
        }
      }
    }
  }
}
