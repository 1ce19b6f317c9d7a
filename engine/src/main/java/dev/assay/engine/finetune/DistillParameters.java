package dev.assay.engine.finetune;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.WeightedTerm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model learns from others what they make of a text, of answers, or of what it writes itself.
 *
 * @param teachers the others
 * @param loss terms of the loss
 * @param cache keeps what the teacher makes on disk; null for teachers that run along
 * @param data the text; null where answers are learned
 * @param answers conversations in its place; null where none are learned from
 * @param generated text in its place that the model writes before; null where it writes none
 * @param onPolicy how some of the batches are written by the student itself; null for none
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
    @Describe("the text that is learned from; all of its defaults if nothing is in its place")
        @Nullable WantedText data,
    @Describe("conversations whose answers are learned, in place of a text")
        @Nullable Answers answers,
    @Describe("text that the model writes before it is trained, in place of one that is given")
        @Nullable Generated generated,
    @Describe(
            "batches that the student writes itself, in place of some of the data; none if left out")
        @Nullable OnPolicy onPolicy,
    @Default("{}") @Describe("how the model is trained") Training training,
    @Describe("train products of two beside linears alone; the model's own values if left out")
        @Nullable LoraPlan lora)
    implements TrainingStage {
  public DistillParameters {
    teachers = List.copyOf(teachers);
    loss = List.copyOf(loss);
    LearnedFrom from = new LearnedFrom(data, answers, generated);
    data = from.data();
    Require.that(!teachers.isEmpty(), "teachers", teachers, "at least one");
    Require.that(!loss.isEmpty(), "loss", loss, "at least one term");
    Lesson unused = new Lesson(teachers, loss, cache, from, onPolicy, training);
    LoraPlan.requireAlone(lora, training);
    if (onPolicy != null) {
      onPolicy.requireFits(loss);
      if (answers == null) {
        Writing.requireBelow(
            "onPolicy.prompt", onPolicy.prompt(), new LearnedFrom(data, null, generated).length());
      }
    }
  }

  /** What it learns. */
  Lesson lesson() {
    LearnedFrom from = new LearnedFrom(data, answers, generated);
    return new Lesson(teachers, loss, cache, from, onPolicy, training);
  }
}
