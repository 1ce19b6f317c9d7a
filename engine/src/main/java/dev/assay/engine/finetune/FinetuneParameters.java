package dev.assay.engine.finetune;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import org.jspecify.annotations.Nullable;

/**
 * A model is trained on a text, on answers, or on what it writes itself.
 *
 * @param data the text; null where answers are learned
 * @param answers conversations in its place; null where none are learned from
 * @param generated text in its place that the model writes itself; null where it writes none
 * @param training how
 * @param lora products of two that alone are trained; null for the model's own values
 */
public record FinetuneParameters(
    @Describe("the text that is learned from; all of its defaults if nothing is in its place")
        @Nullable WantedText data,
    @Describe("conversations whose answers are learned, in place of a text")
        @Nullable Answers answers,
    @Describe("text that the model writes itself, in place of one that is given")
        @Nullable Generated generated,
    @Default("{}") @Describe("how the model is trained") Training training,
    @Describe("train products of two beside linears alone; the model's own values if left out")
        @Nullable LoraPlan lora)
    implements TrainingStage {
  public FinetuneParameters {
    LoraPlan.requireAlone(lora, training);
    LearnedFrom from = new LearnedFrom(data, answers, generated);
    data = from.data();
    Lesson unused = Lesson.ofLabels(from, training);
  }

  /** What it learns. */
  Lesson lesson() {
    return Lesson.ofLabels(new LearnedFrom(data, answers, generated), training);
  }
}
