package dev.assay.engine.train;

import java.util.ArrayList;
import java.util.List;

/**
 * Some batches are what models write behind the beginnings of sequences, the others the sequences
 * themselves.
 *
 * @see <a href="https://arxiv.org/abs/2306.13649">Agarwal et al. 2024, GKD</a>
 */
public final class OnPolicyBatches implements StepBatches {
  private final TrainingData data;
  private final TrainingPlan plan;
  private final double share;
  private final SampleWriter writer;
  private final SequenceOrder order;

  /**
   * @param share of the batches that are written: of each it is drawn whether it is
   * @param writer of as many sequences as there are data, in their order
   */
  public OnPolicyBatches(TrainingData data, TrainingPlan plan, double share, SampleWriter writer) {
    if (writer.prompts().size() != data.size()) {
      throw new IllegalArgumentException(
          "found %d beginnings, expected one of each of %d sequences"
              .formatted(writer.prompts().size(), data.size()));
    }
    this.data = data;
    this.plan = plan;
    this.share = share;
    this.writer = writer;
    this.order = new SequenceOrder(data.size(), plan.seed());
  }

  @Override
  public Given of(int number) {
    List<TrainingBatch> batches = new ArrayList<>();
    long written = 0;
    for (int i = 0; i < plan.accumulation(); i++) {
      int[] which = order.from(plan.firstOf(number, i), plan.batch());
      long batch = (long) number * plan.accumulation() + i;
      if (writer.draws(batch).nextDouble() < share) {
        TrainingBatch sampled = writer.write(which, batch);
        batches.add(sampled);
        written += sampled.tokens();
      } else {
        batches.add(data.batch(which));
      }
    }
    return new Given(batches, written);
  }
}
