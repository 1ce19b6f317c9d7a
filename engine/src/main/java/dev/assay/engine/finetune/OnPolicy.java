package dev.assay.engine.finetune;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.TermTypes;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.run.TextWriter;
import dev.assay.engine.teacher.local.AnswerEnds;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.ModelTrainer;
import dev.assay.engine.train.OnPolicyBatches;
import dev.assay.engine.train.Prompts;
import dev.assay.engine.train.SampleWriter;
import dev.assay.engine.train.StepBatches;
import dev.assay.engine.train.TextPrompts;
import dev.assay.engine.train.TextWindows;
import dev.assay.engine.train.TrainingPlan;
import java.util.List;
import java.util.Set;

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
        double teacherShare) {
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

  /** Makes sure that windows have room for what is written. */
  void requireBelow(int length) {
    Require.that(
        prompt < length,
        "onPolicy.prompt",
        prompt,
        "below the %d tokens of a window".formatted(length));
  }

  /**
   * What steps learn from.
   *
   * @param tokens of student and teachers
   * @param longest tokens of a sequence at most
   * @throws BadInputException if a teacher has other tokens, or windows are too short
   */
  StepBatches batches(
      TorchSession torch,
      ModelTrainer trainer,
      TrainingPlan plan,
      Material material,
      TeacherTokens read,
      int longest) {
    return new OnPolicyBatches(
        material.data(), plan, share, writer(torch, trainer, plan.seed(), material, read, longest));
  }

  private SampleWriter writer(
      TorchSession torch,
      ModelTrainer trainer,
      long seed,
      Material material,
      TeacherTokens read,
      int longest) {
    if (read.others().stream().anyMatch(each -> each != null)) {
      throw new BadInputException(
          "onPolicy: found a teacher with another tokenizer than the student's, expected the same one: it is to read what the student writes");
    }
    Prompts prompts;
    Set<Long> ends;
    if (material.data() instanceof AnswerSequences answers) {
      prompts = new AnswerPrompts(answers, tokens, longest);
      ends = answerEnds(read.student());
    } else if (material.data() instanceof TextWindows windows) {
      int length = windows.windows().get(0).length;
      if (prompt >= length) {
        throw new BadInputException(
            "onPolicy: prompt: found %d, expected fewer than the %d tokens of a window"
                .formatted(prompt, length));
      }
      prompts = new TextPrompts(windows, prompt, tokens);
      ends = AnswerEnds.of(read.student());
    } else {
      throw new IllegalStateException("found data without beginnings: " + material.data());
    }
    return new SampleWriter(
        new TextWriter(torch, trainer.writing(teacherShare, temperature), ends), prompts, seed);
  }

  private static Set<Long> answerEnds(Checkpoint checkpoint) {
    try (Tokenizer tokenizer = checkpoint.tokenizer()) {
      return AnswerEnds.of(checkpoint, tokenizer);
    }
  }
}
