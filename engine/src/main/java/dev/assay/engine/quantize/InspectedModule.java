package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;

/**
 * The part of a model whose output AWQ wants to keep while it tries weights: a linear, an
 * attention, an MLP. It holds its calibration inputs, in one batch or several.
 */
public interface InspectedModule {
  /** Number of batches of calibration inputs, at least 1. */
  int batches();

  /**
   * The module with weights in place of its own.
   *
   * @param weights in the order in which they were given to the search, float32 [out, in]; they
   *     outlive what is returned
   * @return one at a time
   */
  Bound bind(List<NDArray> weights);

  /**
   * The inputs, [..., in] each, where the module is the linears and nothing else, so that running
   * it tells no more than these do; nothing otherwise.
   */
  default Optional<List<NDArray>> linearInputs() {
    return Optional.empty();
  }

  /** The module with given weights. */
  interface Bound extends AutoCloseable {
    /**
     * The output for a batch.
     *
     * @param owner manager that owns the output; closed soon after
     * @param batch 0 … {@link #batches()} − 1
     */
    NDArray output(NDManager owner, int batch);

    @Override
    void close();
  }
}
