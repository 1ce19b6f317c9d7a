package dev.assay.harness.run.check;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.harness.suite.WrittenSuite;
import java.util.List;

/**
 * Warns where a model expects a BOS in front of a text, by its tokenizer, and is to read without:
 * some models break down then, and what is calibrated so does not recover.
 */
record BosCheck(WrittenSuite written, CheckResult findings) {
  void perplexity(CellSpec cell, KnownModel model) {
    if (!model.continuesText() || !expectsBos(cell, model)) {
      return;
    }
    List<PerplexityMeasure> measures = cell.measures().perplexity();
    for (int i = 0; i < measures.size(); i++) {
      PerplexityMeasure measure = measures.get(i);
      Integer windows = measure.maxWindows();
      boolean one = windows != null && windows == 1;
      if (measure.bos() == BosPolicy.NONE) {
        warn(cell, i, measure, "no window begins with one");
      } else if (measure.bos() == BosPolicy.FIRST && !one) {
        warn(cell, i, measure, "only the first window begins with one");
      }
    }
  }

  private void warn(CellSpec cell, int index, PerplexityMeasure measure, String what) {
    String text =
        "the tokenizer puts a BOS in front of a text; in perplexity on %s, window %d, %s (bos: every"
                .formatted(measure.dataset(), measure.window(), what)
            + " begins each with it)";
    KeyPath path = KeyPath.ROOT.key("perplexity").item(index).key("bos");
    findings.warning(cell, text, written.ofMeasures(cell.model().name(), path, text));
  }

  void calibration(CellSpec cell, KnownModel model) {
    BosPolicy bos = cell.recipe().calibration().bos();
    if (bos == BosPolicy.EVERY || !expectsBos(cell, model)) {
      return;
    }
    String text =
        "the tokenizer puts a BOS in front of a text; the calibration samples are without one (bos:"
            + " every begins each with it)";
    findings.calibrationWarning(cell, "bos", text);
  }

  /** What is wrong with a tokenizer is said elsewhere. */
  private static boolean expectsBos(CellSpec cell, KnownModel model) {
    if (cell.model().synthetic() != null) {
      return false;
    }
    try {
      return model.tokenizer().addsBos();
    } catch (BadInputException e) {
      return false;
    }
  }
}
