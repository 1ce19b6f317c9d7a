package dev.assay.engine.qat;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.finetune.Generated;
import dev.assay.engine.finetune.LearnedFrom;
import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.Teacher;
import dev.assay.engine.finetune.TeacherCache;
import dev.assay.engine.finetune.Training;
import dev.assay.engine.finetune.TrainingStage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scales of the grids that stages before have put linears on are trained; codes and zeros stay.
 *
 * @param teachers models that it learns from; null for the original where a term of the loss learns
 *     from one, else for none
 * @param loss its terms; null for the next token alone
 * @param cache keeps what the teacher makes on disk; null for teachers that run along
 * @param data the text; null where the model writes it
 * @param generated text in its place that the model wrote before; null where a text is given
 * @param training how
 * @see <a href="https://arxiv.org/abs/2407.11062">Chen et al. 2024, EfficientQAT</a>
 * @see <a href="https://arxiv.org/abs/2305.14152">Kim et al. 2023, PEQA</a>
 */
public record ScalesParameters(
    @Describe(
            "models that it learns from; the original if a term of the loss learns from one, else none")
        @Nullable List<Teacher> teachers,
    @Describe("terms of the loss, as in distill; that of the next token if left out")
        @Nullable List<WeightedTerm> loss,
    @Describe(
            "keep the teacher's most probable tokens on disk, so that it runs once; left out it runs along")
        @Nullable TeacherCache cache,
    @Describe("the text that is learned from; all of its defaults if nothing is in its place")
        @Nullable WantedText data,
    @Describe("text that the model wrote before all stages, in place of one that is given")
        @Nullable Generated generated,
    @Default("{}") @Describe("how scales are trained") Training training)
    implements TrainingStage {
  public ScalesParameters {
    LearnedFrom from = new LearnedFrom(data, null, generated);
    data = from.data();
    teachers = teachers == null ? null : List.copyOf(teachers);
    loss = loss == null ? null : List.copyOf(loss);
    Rounded.requireFloat32(training);
    Rounded.requireAll(training);
    Lesson.of(teachers, loss, cache, from, training);
  }

  /** What it learns. */
  Lesson lesson() {
    return Lesson.of(teachers, loss, cache, new LearnedFrom(data, null, generated), training);
  }
}
