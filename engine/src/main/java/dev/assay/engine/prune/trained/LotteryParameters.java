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
 * A model is trained, loses the smallest of its weights, and goes back to what the others were
 * early on, in rounds, before it is trained for the last time.
 *
 * @param share of the weights that are left that goes in a round
 * @param rounds of training and pruning
 * @param within what the weights that go are the smallest of
 * @param rewindTo steps of the first training whose weights later ones begin with; 0 for the model
 *     as it is given
 * @param teachers models that it learns from; null for the original where a term of the loss learns
 *     from one, else for none
 * @param loss its terms; null for the next token alone
 * @param data the text
 * @param training how, in each round and in the end
 * @see <a href="https://arxiv.org/abs/1803.03635">Frankle and Carbin 2019, lottery tickets</a>
 * @see <a href="https://arxiv.org/abs/1912.05671">Frankle et al. 2020, rewinding</a>
 */
public record LotteryParameters(
    @Default("0.2") @Describe("share of the weights that are left that goes in a round")
        double share,
    @Default("3") @Describe("rounds of training and pruning, before the last training") int rounds,
    @Default("model") @Describe("of what the weights that go are the smallest") Within within,
    @Default("0")
        @Describe(
            "steps of the first training that later ones begin behind; 0 for the model as it is")
        int rewindTo,
    @Describe(
            "models that it learns from; the original if a term of the loss learns from one, else none")
        @Nullable List<Teacher> teachers,
    @Describe("terms of the loss, as in distill; that of the next token if left out")
        @Nullable List<WeightedTerm> loss,
    @Default("{}") @Describe("the text that is learned from") WantedText data,
    @Default("{}") @Describe("how the model is trained, each time") Training training)
    implements TrainingStage {
  public LotteryParameters {
    Require.that(share > 0 && share < 1, "share", share, "above 0 and below 1");
    Require.atLeast("rounds", rounds, 1);
    Require.between("rewindTo", rewindTo, 0, training.steps() - 1L);
    teachers = teachers == null ? null : List.copyOf(teachers);
    loss = loss == null ? null : List.copyOf(loss);
    Require.that(
        training.only() == null,
        "training.only",
        String.valueOf(training.only()),
        "none: all is trained and rewound, targets select what is pruned");
    HeldOut looked = training.evaluation();
    Require.that(
        looked == null || looked.patience() == 0,
        "training.evaluation.patience",
        looked == null ? 0 : looked.patience(),
        "0: a round that ends early may not reach the step that is rewound to");
    Lesson.of(teachers, loss, null, LearnedFrom.text(data), training);
  }

  /** Steps of all rounds and of the last training. */
  int steps() {
    return before(rounds + 1);
  }

  /** Steps of so many trainings, of which the first alone has all. */
  int before(int trainings) {
    return trainings == 0 ? 0 : trainings * training.steps() - (trainings - 1) * rewindTo;
  }

  /** What it learns. */
  Lesson lesson() {
    return Lesson.of(teachers, loss, null, LearnedFrom.text(data), training);
  }
}
