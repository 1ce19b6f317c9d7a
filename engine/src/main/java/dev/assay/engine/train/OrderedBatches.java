package dev.assay.engine.train;

import java.util.ArrayList;
import java.util.List;

/** All of what there is, then all of it in another order, and so on. */
public final class OrderedBatches implements StepBatches {
  private final TrainingData data;
  private final TrainingPlan plan;
  private final SequenceOrder order;

  public OrderedBatches(TrainingData data, TrainingPlan plan) {
    this.data = data;
    this.plan = plan;
    this.order = new SequenceOrder(data.size(), plan.seed());
  }

  @Override
  public Given of(int number) {
    List<TrainingBatch> batches = new ArrayList<>();
    for (int i = 0; i < plan.accumulation(); i++) {
      long first = plan.firstOf(number, i);
      batches.add(data.batch(order.from(first, plan.batch()), order.passes(first, plan.batch())));
    }
    return new Given(batches, 0);
  }
}
