package dev.assay.engine.train;

/** Sequences that a model learns from, or is looked at with. */
public interface TrainingData {
  /** How many there are. */
  int size();

  /** Some of them as one batch. */
  TrainingBatch batch(int[] which);
}
