package dev.assay.engine.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batches that are written once and learned from for some steps, with batches of a text beside
 * them. An interrupted run goes on where batches are written, from which all else follows.
 *
 * @see <a href="https://arxiv.org/abs/2306.08543">Gu et al. 2024, MiniLLM</a>
 */
public final class PolicyRounds implements StepBatches {
  private final ModelTrainer trainer;
  private final TrainingPlan plan;
  private final SampleWriter writer;
  private final double temperature;
  private final int uses;
  private final @Nullable TrainingData text;
  private final SequenceOrder prompts;
  private final @Nullable SequenceOrder windows;
  private List<TrainingBatch> samples = List.of();
  private int round = -1;

  /**
   * @param writer of the samples, by the trainer's models
   * @param temperature of the log-probabilities that samples are remembered by
   * @param uses steps that learn from the same samples
   * @param text beside them, as many batches of it a step; null for none
   */
  public PolicyRounds(
      ModelTrainer trainer,
      TrainingPlan plan,
      SampleWriter writer,
      double temperature,
      int uses,
      @Nullable TrainingData text) {
    if (uses < 1) {
      throw new IllegalArgumentException("uses: found " + uses + ", expected at least 1");
    }
    this.trainer = trainer;
    this.plan = plan;
    this.writer = writer;
    this.temperature = temperature;
    this.uses = uses;
    this.text = text;
    this.prompts = new SequenceOrder(writer.prompts().size(), plan.seed());
    this.windows = text == null ? null : new SequenceOrder(text.size(), plan.seed());
  }

  @Override
  public Given of(int number) {
    long written = 0;
    if (number / uses != round) {
      round = number / uses;
      samples = samples(round);
      written = samples.stream().mapToLong(TrainingBatch::tokens).sum();
    }
    List<TrainingBatch> batches = new ArrayList<>(samples);
    if (text != null && windows != null) {
      for (int i = 0; i < plan.accumulation(); i++) {
        int[] which = windows.from(plan.firstOf(number, i), plan.batch());
        batches.add(text.batch(which).of(BatchUse.TEXT));
      }
    }
    return new Given(batches, written);
  }

  private List<TrainingBatch> samples(int number) {
    List<TrainingBatch> batches = new ArrayList<>();
    for (int i = 0; i < plan.accumulation(); i++) {
      int[] which = prompts.from(plan.firstOf(number, i), plan.batch());
      TrainingBatch batch = writer.write(which, (long) number * plan.accumulation() + i);
      batches.add(batch.written(trainer.labelLogs(batch, temperature)).of(BatchUse.SAMPLES));
    }
    return batches;
  }

  @Override
  public boolean beginsWith(int number) {
    return number % uses == 0;
  }
}
