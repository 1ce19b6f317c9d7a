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
import dev.assay.engine.model.TokenCache;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model is trained with linears that are rounded as they will be stored.
 *
 * @param bits a weight: from 2, with LLM-QAT from 1
 * @param groupSize input columns that share a scale; -1 for the whole row
 * @param estimator how gradients pass, and what is learned beside weights
 * @param symmetric whether the zero is in the middle; null for what the estimator has
 * @param inputBits of inputs of the linears, a scale a token; null for inputs as they are
 * @param cacheBits of keys and values, a grid a token and head; null for keys and values as they
 *     are
 * @param learned what is trained
 * @param stepRate times the learning rate for steps, scales and zeros; null for 1, with
 *     EfficientQAT 10
 * @param teachers models that it learns from; null for the original where a term of the loss learns
 *     from one, else for none
 * @param loss its terms; null for the next token alone
 * @param cache keeps what the teacher makes on disk; null for teachers that run along
 * @param data the text; null where the model writes it
 * @param generated text in its place that the model wrote before; null where a text is given
 * @param training how
 */
public record QatParameters(
    @Default("4") @Describe("bits a weight, 2 to 8; with llm-qat 1 to 8") int bits,
    @Default("128") @Describe("input columns that share a scale; -1 for the whole row")
        int groupSize,
    @Default("lsq")
        @Describe("ste, lsq (learned steps), efficientqat (learned scales and zeros) or llm-qat")
        Estimator estimator,
    @Describe(
            "zero in the middle of the grid: of ste either way, of efficientqat never, else always")
        @Nullable Boolean symmetric,
    @Describe("bits of the linears' inputs, by token, 2 to 8; left as they are if left out")
        @Nullable Integer inputBits,
    @Describe(
            "bits of keys and values, by token and head as kv-cache: 8, 4 or 2; left as they are if left out")
        @Nullable Integer cacheBits,
    @Default("weights")
        @Describe("weights, with steps and scales, or all: norms, biases and embeddings too")
        Learns learned,
    @Describe("times the learning rate, for steps, scales and zeros; 1, of efficientqat 10")
        @Nullable Double stepRate,
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
  private static final double EFFICIENT_RATE = 10;

  /** What is trained. */
  public enum Learns {
    /** The weights that are rounded, and what is learned beside them. */
    WEIGHTS,
    /** All of the model. */
    ALL
  }

  public QatParameters {
    Require.between("bits", bits, estimator == Estimator.LLM_QAT ? 1 : 2, Byte.SIZE);
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
    Require.that(
        symmetric == null
            || estimator == Estimator.STE
            || symmetric == (estimator != Estimator.EFFICIENTQAT),
        "symmetric",
        String.valueOf(symmetric),
        estimator == Estimator.EFFICIENTQAT ? "false with efficientqat" : "true but with ste");
    if (inputBits != null) {
      Require.between("inputBits", inputBits, 2, Byte.SIZE);
    }
    if (cacheBits != null) {
      Require.oneOf("cacheBits", cacheBits, 8, 4, 2);
    }
    Require.that(
        stepRate == null || estimator == Estimator.LSQ || estimator == Estimator.EFFICIENTQAT,
        "stepRate",
        String.valueOf(stepRate),
        "none: nothing is learned beside weights");
    Require.that(
        stepRate == null || stepRate >= 0 && Double.isFinite(stepRate),
        "stepRate",
        String.valueOf(stepRate),
        "from 0");
    LearnedFrom from = new LearnedFrom(data, null, generated);
    data = from.data();
    teachers = teachers == null ? null : List.copyOf(teachers);
    loss = loss == null ? null : List.copyOf(loss);
    Rounded.requireFloat32(training);
    Lesson.of(teachers, loss, cache, from, training);
  }

  /** How weights are rounded. */
  GridPlan rounding() {
    boolean middle = symmetric == null ? estimator != Estimator.EFFICIENTQAT : symmetric;
    return new GridPlan(bits, groupSize, middle, estimator);
  }

  /** How it is trained. */
  RoundedPlan plan() {
    double otherwise = estimator == Estimator.EFFICIENTQAT ? EFFICIENT_RATE : 1;
    return new RoundedPlan(
        rounding(),
        inputBits,
        cacheBits == null ? null : new TokenCache(cacheBits, cacheBits),
        learned == Learns.ALL,
        stepRate == null ? otherwise : stepRate);
  }

  /** What it learns. */
  Lesson lesson() {
    return Lesson.of(teachers, loss, cache, new LearnedFrom(data, null, generated), training);
  }
}
