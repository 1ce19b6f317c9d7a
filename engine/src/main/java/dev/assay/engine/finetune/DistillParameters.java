package dev.assay.engine.finetune;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.recipe.Stage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model learns from others what they make of a text, or of answers.
 *
 * @param teachers the others
 * @param loss terms of the loss
 * @param cache keeps what the teacher makes on disk; null for teachers that run along
 * @param data the text; null where answers are learned
 * @param answers conversations in its place; null where a text is learned from
 * @param training how
 * @param lora products of two that alone are trained; null for the model's own values
 */
public record DistillParameters(
    @Default("[original]") @Describe("models that it learns from") List<Teacher> teachers,
    @Default("[hinton]") @Describe("terms of the loss, each with its keys and a weight")
        List<WeightedTerm> loss,
    @Describe(
            "keep the teacher's most probable tokens on disk, so that it runs once; left out it runs along")
        @Nullable TeacherCache cache,
    @Describe("the text that is learned from; all of its defaults if answers are left out too")
        @Nullable WantedText data,
    @Describe("conversations whose answers are learned, in place of a text")
        @Nullable Answers answers,
    @Default("{}") @Describe("how the model is trained") Training training,
    @Describe("train products of two beside linears alone; the model's own values if left out")
        @Nullable LoraPlan lora)
    implements Stage {
  public DistillParameters {
    teachers = List.copyOf(teachers);
    loss = List.copyOf(loss);
    data = Answers.textBeside(data, answers);
    Require.that(!teachers.isEmpty(), "teachers", teachers, "at least one");
    Require.that(!loss.isEmpty(), "loss", loss, "at least one term");
    TeacherCache.require(cache, teachers, loss);
    LoraPlan.requireAlone(lora, training);
  }
}
