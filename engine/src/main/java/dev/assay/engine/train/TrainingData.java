package dev.assay.engine.train;

/** Sequences that a model learns from, or is looked at with. */
public interface TrainingData {
  /** How many there are. */
  int size();

  /** Some of them as one batch, as they are when they come for the first time. */
  TrainingBatch batch(int[] which);

  /**
   * The same as they are when they come again: what is drawn of a sequence is drawn anew.
   *
   * @param passes how often each came before
   */
  default TrainingBatch batch(int[] which, long[] passes) {
    return batch(which);
  }
}
