package dev.assay.engine.qat;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.finetune.Generated;
import dev.assay.engine.finetune.LearnedFrom;
import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.Teacher;
import dev.assay.engine.finetune.TeacherCache;
import dev.assay.engine.finetune.Training;
import dev.assay.engine.finetune.TrainingStage;
import dev.assay.engine.qat.QatParameters.Learns;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model is trained with weights of three or two values under one magnitude of each weight.
 *
 * @param levels how many values
 * @param layout how three are stored
 * @param inputBits of inputs of the linears, a scale a token; null for inputs as they are
 * @param learned what is trained
 * @param teachers models that it learns from; null for the original where a term of the loss learns
 *     from one, else for none
 * @param loss its terms; null for the next token alone
 * @param cache keeps what the teacher makes on disk; null for teachers that run along
 * @param data the text; null where the model writes it
 * @param generated text in its place that the model wrote before; null where a text is given
 * @param training how
 * @see <a href="https://arxiv.org/abs/2402.17764">Ma et al. 2024, BitNet b1.58</a>
 * @see <a href="https://arxiv.org/abs/2310.11453">Wang et al. 2023, BitNet</a>
 */
public record BitnetParameters(
    @Default("three") @Describe("values that a weight can have: three or two") Levels levels,
    @Default("grid") @Describe("how three values are stored: grid, or bitnet with inputBits: 8")
        Layout layout,
    @Describe("bits of the linears' inputs, by token, 2 to 8; left as they are if left out")
        @Nullable Integer inputBits,
    @Default("all") @Describe("weights alone, or all: norms, biases and embeddings too")
        Learns learned,
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
    @Default("{}") @Describe("how the model is trained") Training training)
    implements TrainingStage {
  /** How many values a weight can have. */
  public enum Levels {
    /** The mean magnitude, its negative, and 0. */
    THREE,
    /** The mean magnitude and its negative, by the sign of what is above or below the mean. */
    TWO
  }

  /** How three values are stored. */
  public enum Layout {
    /** As codes of a grid, which GPTQ's layout has. */
    GRID,
    /** As BitNet has them, whose loaders round inputs to 8 bits. */
    BITNET
  }

  public BitnetParameters {
    Require.that(
        layout == Layout.GRID || levels == Levels.THREE, "layout", layout, "grid of two levels");
    Require.that(
        layout == Layout.GRID || inputBits != null && inputBits == Byte.SIZE,
        "inputBits",
        String.valueOf(inputBits),
        "8 with layout: bitnet, whose loaders round inputs so");
    if (inputBits != null) {
      Require.between("inputBits", inputBits, 2, Byte.SIZE);
    }
    LearnedFrom from = new LearnedFrom(data, null, generated);
    data = from.data();
    teachers = teachers == null ? null : List.copyOf(teachers);
    loss = loss == null ? null : List.copyOf(loss);
    Rounded.requireFloat32(training);
    Lesson.of(teachers, loss, cache, from, training);
  }

  /** How it is trained. */
  RoundedPlan plan() {
    return new RoundedPlan(
        new LevelPlan(levels, layout), inputBits, null, learned == Learns.ALL, 1);
  }

  /** What it learns. */
  Lesson lesson() {
    return Lesson.of(teachers, loss, cache, new LearnedFrom(data, null, generated), training);
  }
}
