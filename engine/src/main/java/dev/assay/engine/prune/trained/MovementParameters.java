package dev.assay.engine.prune.trained;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.finetune.HeldOut;
import dev.assay.engine.finetune.LearnedFrom;
import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.Teacher;
import dev.assay.engine.finetune.Training;
import dev.assay.engine.finetune.TrainingStage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weights are pruned while they are trained, more of them from step to step.
 *
 * @param sparsity share of the weights that go in the end
 * @param scores by which those are chosen that stay
 * @param within what the weights that go have the least scores of
 * @param warmupSteps first steps, in which nothing is pruned; null for a tenth of all
 * @param cooldownSteps last steps, in which no more is pruned; null for a fifth of all
 * @param scoreRate times the learning rate, for scores
 * @param teachers models that it learns from; null for the original where a term of the loss learns
 *     from one, else for none
 * @param loss its terms; null for the next token alone
 * @param data the text
 * @param training how
 * @see <a href="https://arxiv.org/abs/2005.07683">Sanh et al. 2020, movement pruning</a>
 */
public record MovementParameters(
    @Default("0.5") @Describe("share of the weights that go in the end") double sparsity,
    @Default("movement") @Describe("what chooses: scores that are learned, or the magnitude")
        Scores scores,
    @Default("linear") @Describe("of what the weights that go have the least scores") Within within,
    @Describe("first steps, in which nothing is pruned; a tenth of all if left out")
        @Nullable Integer warmupSteps,
    @Describe("last steps, in which no more is pruned; a fifth of all if left out")
        @Nullable Integer cooldownSteps,
    @Default("100") @Describe("times the learning rate, for scores") double scoreRate,
    @Describe(
            "models that it learns from; the original if a term of the loss learns from one, else none")
        @Nullable List<Teacher> teachers,
    @Describe("terms of the loss, as in distill; that of the next token if left out")
        @Nullable List<WeightedTerm> loss,
    @Default("{}") @Describe("the text that is learned from") WantedText data,
    @Default("{}") @Describe("how the model is trained") Training training)
    implements TrainingStage {
  private static final int WARMUP_PART = 10;
  private static final int COOLDOWN_PART = 5;

  /** What weights are chosen by. */
  public enum Scores {
    /** A score of each, learned as if all weights ran: it rises as a weight moves away from 0. */
    MOVEMENT,
    /**
     * The weight's magnitude as it is at the step.
     *
     * @see <a href="https://arxiv.org/abs/1710.01878">Zhu and Gupta 2017</a>
     */
    MAGNITUDE
  }

  public MovementParameters {
    Require.that(sparsity > 0 && sparsity < 1, "sparsity", sparsity, "above 0 and below 1");
    Require.that(scoreRate > 0 && Double.isFinite(scoreRate), "scoreRate", scoreRate, "above 0");
    teachers = teachers == null ? null : List.copyOf(teachers);
    loss = loss == null ? null : List.copyOf(loss);
    HeldOut looked = training.evaluation();
    Require.that(
        looked == null || looked.patience() == 0,
        "training.evaluation.patience",
        looked == null ? 0 : looked.patience(),
        "0: what was better before had not been pruned so far");
    SparsityRamp unused = ramp(sparsity, warmupSteps, cooldownSteps, training.steps());
    Lesson.of(teachers, loss, null, LearnedFrom.text(data), training);
  }

  private static SparsityRamp ramp(
      double sparsity, @Nullable Integer warmup, @Nullable Integer cooldown, int steps) {
    return new SparsityRamp(
        sparsity,
        warmup == null ? steps / WARMUP_PART : warmup,
        cooldown == null ? Math.max(1, steps / COOLDOWN_PART) : cooldown,
        steps);
  }

  /** What is pruned when. */
  SparsityRamp ramp() {
    return ramp(sparsity, warmupSteps, cooldownSteps, training.steps());
  }

  /** What it learns. */
  Lesson lesson() {
    return Lesson.of(teachers, loss, null, LearnedFrom.text(data), training);
  }
}
