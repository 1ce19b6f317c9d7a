package dev.assay.harness.run.check;

import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.model.ModelSpec;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.harness.suite.WrittenSuite;
import java.util.List;

/**
 * Holds the lengths that a suite asks for against the positions of its models. Learned positions
 * end there; rotary ones go on, but to places that the model was never trained on.
 */
record LengthCheck(WrittenSuite written, CheckResult findings) {
  void measures(CellSpec cell, KnownModel model) {
    if (!model.continuesText()) {
      return;
    }
    List<PerplexityMeasure> perplexities = cell.measures().perplexity();
    for (int i = 0; i < perplexities.size(); i++) {
      if (cell.model().synthetic() == null && perplexities.get(i).window() > model.context()) {
        findings.problem(
            written.ofMeasures(
                cell.model().name(),
                KeyPath.ROOT.key("perplexity").item(i).key("window"),
                "found %d, expected at most %d, the positions of the model by %s"
                    .formatted(
                        perplexities.get(i).window(), model.context(), model.configuration())));
      }
    }
    LatencyMeasure latency = cell.measures().latency();
    if (latency != null && (latency.promptLength() != null || latency.decodeLength() != null)) {
      try {
        GenerationLength.of(cell.measures(), model.context());
      } catch (InvalidValueException e) {
        findings.problem(
            written.ofMeasures(
                cell.model().name(),
                KeyPath.ROOT.key("latency").key(e.key()),
                e.detail() + " of the model by " + model.configuration()));
      }
    }
  }

  /** A recipe's length is for models of any context; one that the suite itself states is not. */
  void calibration(CellSpec cell, KnownModel model) {
    int length = cell.recipe().calibration().length();
    String name = cell.model().name();
    if (length < 2 && model.architecture().kind() == ModelSpec.Kind.ENCODER_DECODER) {
      findings.calibrationProblem(
          cell,
          "length",
          "found %d, expected at least 2, as encoder and decoder get half a sample each"
              .formatted(length));
    }
    if (length > model.context() && written.saysOfCalibration(name, "length")) {
      String text =
          "calibration: found length %d, which is capped at %d, the positions of the model"
              .formatted(length, model.context());
      findings.calibrationWarning(cell, "length", text);
    }
  }
}
