package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;

/** A text in one or more splits. Reading is lazy: nothing is opened before {@link #load}. */
public interface Dataset {

  /** What the dataset is, with the hash of every split. */
  DatasetInfo info();

  /** Whether {@link #load} of a split asks nothing of the network. */
  default boolean isLocal(String split) {
    return true;
  }

  /**
   * Reads a split and verifies its sha256.
   *
   * @throws BadInputException if there is no such split, if its text cannot be had, or if it is
   *     another text than the one that was pinned
   */
  DatasetSplit load(String split);
}
