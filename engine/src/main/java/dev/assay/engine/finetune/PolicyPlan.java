package dev.assay.engine.finetune;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.distill.DivergenceForm;
import dev.assay.engine.distill.MiniLlmPolicy;
import dev.assay.engine.distill.PartialTerm;
import dev.assay.engine.distill.PolicyGradient;
import dev.assay.engine.distill.Soft;
import dev.assay.engine.distill.SoftTargets;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.train.BatchUse;
import dev.assay.engine.train.PolicyRounds;
import dev.assay.engine.train.SampleWriter;
import dev.assay.engine.train.StepBatches;
import dev.assay.engine.train.TextWindows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All samples are written, and learned from by the gradient of the policy that wrote them, for some
 * steps.
 *
 * @param policy its gradient
 * @param prompt tokens of a window that a sample begins with
 * @param tokens that are written at most
 * @param uses steps that learn from the same samples
 * @param beside the text beside them; null for none
 */
record PolicyPlan(
    MiniLlmPolicy policy, int prompt, int tokens, int uses, @Nullable Pretraining beside)
    implements Writing {
  /** The terms of the loss. */
  List<WeightedTerm> loss() {
    List<WeightedTerm> loss = new ArrayList<>();
    loss.add(
        new WeightedTerm(1, new PartialTerm(new PolicyGradient(policy), BatchUse.SAMPLES.code())));
    loss.add(
        new WeightedTerm(
            1,
            new PartialTerm(
                new SoftTargets(
                    new DivergenceForm.ReverseKl(), Soft.at(policy.temperature(), false)),
                BatchUse.SAMPLES.code())));
    if (beside != null) {
      loss.addAll(beside.loss());
    }
    return loss;
  }

  private double teacherShare() {
    Double share = policy.teacherShare();
    return share == null ? 0 : share;
  }

  /** It writes, and then reads what it wrote. */
  @Override
  public String key() {
    return "minillm";
  }

  @Override
  public int studentPasses() {
    return 2;
  }

  @Override
  public int teacherPasses() {
    return teacherShare() > 0 ? 1 : 0;
  }

  @Override
  public List<WantedText> texts() {
    return beside == null ? List.of() : List.of(beside.data());
  }

  @Override
  public int length() {
    return beside == null ? 0 : beside.data().length();
  }

  @Override
  public StepBatches batches(Desk desk) {
    SampleWriter writer = desk.writer(prompt, tokens, teacherShare(), policy.temperature());
    return new PolicyRounds(
        desk.trainer(),
        desk.plan(),
        writer,
        policy.temperature(),
        uses,
        beside == null ? null : new TextWindows(desk.texts().windows(beside.data())));
  }
}
