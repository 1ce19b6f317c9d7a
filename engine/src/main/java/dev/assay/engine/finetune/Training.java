package dev.assay.engine.finetune;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.train.Masking;
import dev.assay.engine.train.Spans;
import dev.assay.engine.train.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a stage trains.
 *
 * @param steps at most
 * @param batch sequences of one batch
 * @param accumulation batches of a step
 * @param learningRate greatest rate
 * @param optimizer what moves parameters
 * @param schedule of the rate
 * @param clipNorm to which the norm of all gradients together is scaled down; null for never
 * @param evaluation what training is looked at with; null for nothing
 * @param precision of products
 * @param recompute whether layers are computed again in the backward pass, which takes less memory
 * @param keepZeros whether weights of linears that are 0 stay so
 * @param only names of tensors that are trained, or patterns; null for all
 * @param saveEvery steps between saves, from which an interrupted run goes on
 * @param masking what of a text is to be found again by a model that fills gaps; null for the usual
 * @param spans what is taken out of a text for a decoder to write; null for the usual
 * @param seed of the order, and of what is drawn
 */
public record Training(
    @Default("300") @Describe("steps at most") int steps,
    @Default("8") @Describe("sequences of one batch") int batch,
    @Default("1") @Describe("batches of a step") int accumulation,
    @Default("1e-4") @Describe("greatest learning rate") double learningRate,
    @Default("{}") @Describe("what moves parameters") OptimizerChoice optimizer,
    @Default("{}") @Describe("how the rate goes") RateSchedule schedule,
    @Default("1") @Describe("norm to which all gradients together are scaled down; 0 for never")
        double clipNorm,
    @Describe("what training is looked at with; nothing if left out") @Nullable HeldOut evaluation,
    @Default("float32") @Describe("type of products; all else is float32") Precision precision,
    @Default("false") @Describe("compute layers again in the backward pass, for less memory")
        boolean recompute,
    @Default("true") @Describe("let weights of linears that are 0 stay so") boolean keepZeros,
    @Describe("names of tensors that are trained, or patterns; all if left out")
        @Nullable List<String> only,
    @Default("100")
        @Describe("steps between saves that an interrupted run goes on from; 0 for none")
        int saveEvery,
    @Describe("which tokens a model that fills gaps has to find again; as BERT if left out")
        @Nullable Masking masking,
    @Describe("which spans a model of encoder and decoder has to write; as T5 if left out")
        @Nullable Spans spans,
    @Default("0") @Describe("seed of the order of the windows, and of what is drawn") long seed) {
  public Training {
    Require.atLeast("steps", steps, 1);
    Require.atLeast("batch", batch, 1);
    Require.atLeast("accumulation", accumulation, 1);
    Require.that(only == null || !only.isEmpty(), "only", "[]", "at least one name or pattern");
    TrainedNames unused = TrainedNames.of(only);
    Require.that(
        learningRate > 0 && Double.isFinite(learningRate), "learningRate", learningRate, "above 0");
    Require.that(clipNorm >= 0 && Double.isFinite(clipNorm), "clipNorm", clipNorm, "from 0");
    Require.atLeast("saveEvery", saveEvery, 0);
    only = only == null ? null : List.copyOf(only);
    Require.that(
        schedule.warmupSteps() < steps,
        "schedule.warmupSteps",
        schedule.warmupSteps(),
        "below the %d steps, so that the rate is reached".formatted(steps));
    Integer down = schedule.decaySteps();
    Require.that(
        down == null || down <= steps - schedule.warmupSteps(),
        "schedule.decaySteps",
        String.valueOf(down),
        "at most the %d steps behind the rise".formatted(steps - schedule.warmupSteps()));
  }

  /** As the trainer takes it. */
  TrainingPlan plan() {
    return new TrainingPlan(
        steps,
        batch,
        accumulation,
        learningRate,
        optimizer.optimizer(),
        schedule.schedule(steps),
        clipNorm == 0 ? Double.POSITIVE_INFINITY : clipNorm,
        evaluation == null ? 0 : evaluation.every(),
        evaluation == null ? 0 : evaluation.patience(),
        saveEvery,
        seed);
  }

  /** The same of another number of steps, without looks; the rise takes its share of them. */
  TrainingPlan plan(int others) {
    TrainingPlan whole = plan();
    return new TrainingPlan(
        others,
        batch,
        accumulation,
        learningRate,
        whole.optimizer(),
        schedule.stretched(steps, others).schedule(others),
        whole.clipNorm(),
        0,
        0,
        saveEvery,
        seed);
  }

  /** What a model that fills gaps has to find again. */
  Masking gaps() {
    return masking == null ? Masking.DEFAULT : masking;
  }

  /** What a decoder has to write of a text. */
  Spans taken() {
    return spans == null ? Spans.DEFAULT : spans;
  }

  /** The text that is looked at, of one that is learned from. */
  @Nullable WantedText held(WantedText learned) {
    requireOther(learned);
    return evaluation == null
        ? null
        : new WantedText(
            learned.dataset(),
            evaluation.split(),
            learned.length(),
            evaluation.windows(),
            learned.bos());
  }

  private void requireOther(WantedText learned) {
    HeldOut looked = evaluation;
    if (looked != null) {
      Require.that(
          !looked.split().equals(learned.split()),
          "evaluation.split",
          "'" + looked.split() + "'",
          "another than what is learned from");
    }
  }

  /** All texts that are read. */
  List<WantedText> texts(WantedText learned) {
    List<WantedText> texts = new ArrayList<>();
    texts.add(learned);
    WantedText held = held(learned);
    if (held != null) {
      texts.add(held);
    }
    return texts;
  }
}
