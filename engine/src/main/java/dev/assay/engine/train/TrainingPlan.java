package dev.assay.engine.train;

import dev.assay.engine.config.Require;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How a model is trained.
 *
 * @param steps at most
 * @param batch sequences of one batch
 * @param accumulation batches of a step
 * @param learningRate greatest rate
 * @param optimizer what moves parameters
 * @param schedule what the rate is multiplied by, step by step
 * @param clipNorm to which the norm of all gradients together is scaled down; infinite for never
 * @param evaluateEvery steps between looks at what is held out; 0 for one at the end alone
 * @param patience looks without a better loss after which training stops; 0 for never, and then the
 *     last parameters stay in place of the best
 * @param saveEvery steps between saves from which an interrupted run goes on; 0 for none
 * @param seed of the order of the sequences
 * @param from the first step that is made, those before it being taken for made
 */
public record TrainingPlan(
    int steps,
    int batch,
    int accumulation,
    double learningRate,
    Optimizer optimizer,
    Schedule schedule,
    double clipNorm,
    int evaluateEvery,
    int patience,
    int saveEvery,
    long seed,
    int from) {
  public TrainingPlan {
    Require.atLeast("steps", steps, 1);
    Require.atLeast("batch", batch, 1);
    Require.atLeast("accumulation", accumulation, 1);
    Require.that(
        learningRate > 0 && Double.isFinite(learningRate), "learningRate", learningRate, "above 0");
    Require.that(clipNorm > 0, "clipNorm", clipNorm, "above 0");
    Require.atLeast("evaluateEvery", evaluateEvery, 0);
    Require.atLeast("patience", patience, 0);
    Require.atLeast("saveEvery", saveEvery, 0);
    Require.between("from", from, 0, steps - 1);
  }

  /** One of all steps. */
  public TrainingPlan(
      int steps,
      int batch,
      int accumulation,
      double learningRate,
      Optimizer optimizer,
      Schedule schedule,
      double clipNorm,
      int evaluateEvery,
      int patience,
      int saveEvery,
      long seed) {
    this(
        steps,
        batch,
        accumulation,
        learningRate,
        optimizer,
        schedule,
        clipNorm,
        evaluateEvery,
        patience,
        saveEvery,
        seed,
        0);
  }

  /** The same without its first steps, each that is left with the rate and the data that it had. */
  public TrainingPlan from(int step) {
    return new TrainingPlan(
        steps,
        batch,
        accumulation,
        learningRate,
        optimizer,
        schedule,
        clipNorm,
        evaluateEvery,
        patience,
        saveEvery,
        seed,
        step);
  }

  /** Sequences of a step. */
  int stepSequences() {
    return batch * accumulation;
  }

  /**
   * Sequences that all steps together learn from, in ascending order.
   *
   * @param size how many there are
   */
  public int[] seen(int size) {
    long all = (long) steps * stepSequences();
    if (all >= size) {
      return IntStream.range(0, size).toArray();
    }
    int[] some = new SequenceOrder(size, seed).from(0, (int) all);
    Arrays.sort(some);
    return some;
  }

  /** Sequences before a batch of a step. */
  long firstOf(int step, int index) {
    return (long) step * stepSequences() + (long) index * batch;
  }
}
