package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * What comes next in texts that are written beside each other, token by token. Holds native memory
 * until it is closed.
 */
public interface NextTokens extends AutoCloseable {
  /**
   * Takes up tokens behind those that were given before.
   *
   * @param ids [texts][tokens], at least one each
   * @return probabilities of what follows the last of them, float64 [texts, vocabulary]
   */
  NDArray behind(NDManager owner, long[][] ids);

  @Override
  void close();

  /** Begins texts. */
  @FunctionalInterface
  interface Source {
    /**
     * Nothing read yet.
     *
     * @param texts beside each other
     * @param capacity tokens of the longest at most
     */
    NextTokens begin(int texts, int capacity);
  }
}
