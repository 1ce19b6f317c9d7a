package dev.assay.engine.train;

import java.util.List;

/** What each step of training learns from. */
public interface StepBatches {
  /**
   * What a step learns from.
   *
   * @param written tokens that models wrote for it, what they begin with among them
   */
  record Given(List<TrainingBatch> batches, long written) {
    public Given {
      batches = List.copyOf(batches);
    }
  }

  /**
   * That of a step. It depends on the step, on what is learned so far and on seeds alone.
   *
   * @param number of the step, from 0
   */
  Given of(int number);

  /** Whether a run that has been interrupted can begin with a step. */
  default boolean beginsWith(int number) {
    return true;
  }
}
