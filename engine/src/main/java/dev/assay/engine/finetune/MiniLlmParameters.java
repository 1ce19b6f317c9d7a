package dev.assay.engine.finetune;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.MiniLlmPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model writes, alone or with its teacher, and learns from what the teacher thinks of it.
 *
 * @param teacher that it learns from
 * @param data a text whose windows begin what is written; null where something is in its place
 * @param answers conversations that are answered in its place; null where none are
 * @param generated text in its place that the model writes before; null where it writes none
 * @param prompt tokens of a window that a sample begins with
 * @param tokens that are written at most
 * @param uses steps that learn from the same samples
 * @param policy the gradient
 * @param pretraining a text beside; null for none
 * @param training how
 * @param lora products of two that alone are trained; null for the model's own values
 * @see <a href="https://arxiv.org/abs/2306.08543">Gu et al. 2024, MiniLLM</a>
 */
public record MiniLlmParameters(
    @Default("original") @Describe("model that it learns from") Teacher teacher,
    @Describe("text whose windows begin samples; all of its defaults if nothing is in its place")
        @Nullable WantedText data,
    @Describe("conversations whose prompts are answered, in place of a text")
        @Nullable Answers answers,
    @Describe("text that the model writes before it is trained, in place of one that is given")
        @Nullable Generated generated,
    @Default("32")
        @Describe("tokens of a window that a sample begins with; of answers, what was asked")
        int prompt,
    @Default("128")
        @Describe("tokens that are written at most, as far as a window or the length of answers")
        int tokens,
    @Default("4") @Describe("steps that learn from the same samples") int uses,
    @Default("{}") @Describe("the gradient of the policy") MiniLlmPolicy policy,
    @Describe("a text that is learned beside; none if left out") @Nullable Pretraining pretraining,
    @Default("{}") @Describe("how the model is trained") Training training,
    @Describe("train products of two beside linears alone; the model's own values if left out")
        @Nullable LoraPlan lora)
    implements TrainingStage {
  public MiniLlmParameters {
    LearnedFrom from = new LearnedFrom(data, answers, generated);
    data = from.data();
    Require.that(
        teacher.domains() == null,
        "teacher.domains",
        String.valueOf(teacher.domains()),
        "none: what is written is of no domain");
    Require.atLeast("prompt", prompt, 1);
    Require.atLeast("tokens", tokens, 1);
    Require.atLeast("uses", uses, 1);
    if (answers == null) {
      Writing.requireBelow("prompt", prompt, from.length());
    }
    LoraPlan.requireAlone(lora, training);
    requireUnseen(training, data, pretraining);
    from.requireLeft(training);
  }

  private static void requireUnseen(
      Training training, @Nullable WantedText data, @Nullable Pretraining pretraining) {
    WantedText held = data == null ? null : training.held(data);
    if (held != null && pretraining != null) {
      WantedText beside = pretraining.data();
      Require.that(
          !held.dataset().equals(beside.dataset()) || !held.split().equals(beside.split()),
          "pretraining.data",
          "%s, %s".formatted(beside.dataset(), beside.split()),
          "another text than what is held out");
    }
  }

  /** What it learns. */
  Lesson lesson() {
    PolicyPlan plan = plan();
    return new Lesson(
        List.of(teacher),
        plan.loss(),
        null,
        new LearnedFrom(data, answers, generated),
        plan,
        training);
  }

  /** How it writes. */
  PolicyPlan plan() {
    return new PolicyPlan(policy, prompt, tokens, uses, pretraining);
  }
}
