package dev.assay.engine.finetune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.TermTypes;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.train.OnPolicyBatches;
import dev.assay.engine.train.SampleWriter;
import dev.assay.engine.train.StepBatches;
import java.util.List;

/**
 * Sequences that a student writes itself, or its teacher, and then is compared with its teachers
 * on.
 *
 * @param share λ, of the batches that are written; the others are what is learned from as it is
 * @param prompt tokens of a window that a sequence begins with; of answers it is what was asked
 * @param tokens that are written at most, as far as a window goes, or the length of answers
 * @param temperature that logits are divided by where tokens are drawn
 * @param teacherShare of the first teacher in what tokens are drawn from; at 1 it writes alone
 * @see <a href="https://arxiv.org/abs/2306.13649">Agarwal et al. 2024, GKD</a>
 */
public record OnPolicy(
    @Default("0.5") @Describe("share of the batches that are written, above 0 and up to 1")
        double share,
    @Default("32")
        @Describe("tokens of a window that a sequence begins with; of answers, what was asked")
        int prompt,
    @Default("128")
        @Describe("tokens that are written at most, as far as a window or the length of answers")
        int tokens,
    @Default("1") @Describe("what logits are divided by where tokens are drawn") double temperature,
    @Default("0")
        @Describe("share of the first teacher in what tokens are drawn from; 1: it writes alone")
        double teacherShare)
    implements Writing {
  public OnPolicy {
    Require.that(share > 0 && share <= 1, "share", share, "above 0, up to 1");
    Require.atLeast("prompt", prompt, 1);
    Require.atLeast("tokens", tokens, 1);
    Require.that(
        temperature > 0 && Double.isFinite(temperature), "temperature", temperature, "above 0");
    Require.within("teacherShare", teacherShare, 0, 1);
  }

  /**
   * Makes sure that terms can be taken of what a student writes, which is no label.
   *
   * @throws IllegalArgumentException if one reads labels
   */
  void requireFits(List<WeightedTerm> loss) {
    for (WeightedTerm term : loss) {
      Require.that(
          teacherShare == 1 || !term.term().readsLabels(),
          "loss",
          TermTypes.nameOf(term) + " with labels",
          "terms that compare with teachers alone, such as generalized-jsd, beside onPolicy: what a student writes is no label");
    }
  }

  @Override
  public String key() {
    return "onPolicy";
  }

  @Override
  public int studentPasses() {
    return teacherShare < 1 ? 1 : 0;
  }

  @Override
  public int teacherPasses() {
    return teacherShare > 0 ? 1 : 0;
  }

  @Override
  public StepBatches batches(Desk desk) {
    SampleWriter writer = desk.writer(prompt, tokens, teacherShare, temperature);
    return new OnPolicyBatches(desk.material().data(), desk.plan(), share, writer);
  }
}
