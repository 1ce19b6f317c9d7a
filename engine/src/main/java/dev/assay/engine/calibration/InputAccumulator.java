package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;

/**
 * A statistic over the inputs of a linear layer, gathered batch by batch. Holds native memory until
 * it is closed; what its accessors return without an owner lives as long.
 */
public sealed interface InputAccumulator extends AutoCloseable
    permits HessianAccumulator,
        InputNormAccumulator,
        InputMeanAbsAccumulator,
        InputAbsmaxAccumulator,
        InputMeanAccumulator,
        InputFluctuationAccumulator,
        InputRangeAccumulator,
        TensorAccumulator,
        TokenSampleAccumulator {
  /**
   * Takes in a batch.
   *
   * @param inputs of a floating type, [tokens, in] for one sequence or [sequences, tokens, in]
   * @throws IllegalArgumentException if its last axis is not {@code in} long
   */
  void add(NDArray inputs);

  @Override
  void close();
}
