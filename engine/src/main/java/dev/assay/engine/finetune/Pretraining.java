package dev.assay.engine.finetune;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.CrossEntropy;
import dev.assay.engine.distill.DivergenceForm;
import dev.assay.engine.distill.LossTerm;
import dev.assay.engine.distill.PartialTerm;
import dev.assay.engine.distill.Reduction;
import dev.assay.engine.distill.Soft;
import dev.assay.engine.distill.SoftTargets;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.train.BatchUse;
import java.util.ArrayList;
import java.util.List;

/**
 * A text beside what a model writes itself, so that it does not forget how texts go on.
 *
 * @param data the text
 * @param weight of its loss
 * @param taught share of the cross-entropy with the teacher's probabilities; that with the text has
 *     the others
 */
public record Pretraining(
    @Default("{}") @Describe("the text") WantedText data,
    @Default("1") @Describe("weight of its loss") double weight,
    @Default("0")
        @Describe("share of the cross-entropy with the teacher; that with the text has the others")
        double taught) {
  public Pretraining {
    Require.that(weight > 0 && Double.isFinite(weight), "weight", weight, "above 0");
    Require.within("taught", taught, 0, 1);
  }

  /** Its terms. */
  List<WeightedTerm> loss() {
    List<WeightedTerm> loss = new ArrayList<>();
    if (taught < 1) {
      loss.add(term(1 - taught, new CrossEntropy(0, Reduction.TOKENS)));
    }
    if (taught > 0) {
      loss.add(
          term(taught, new SoftTargets(new DivergenceForm.SoftCrossEntropy(), Soft.at(1, false))));
    }
    return loss;
  }

  private WeightedTerm term(double share, LossTerm term) {
    return new WeightedTerm(share * weight, new PartialTerm(term, BatchUse.TEXT.code()));
  }
}
