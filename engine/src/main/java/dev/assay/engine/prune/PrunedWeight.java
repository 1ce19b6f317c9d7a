package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;

/**
 * A weight of which some values were removed.
 *
 * @param weight float32 [out, in], 0 where pruned
 * @param mask uint8 [out, in], 1 where pruned
 */
public record PrunedWeight(NDArray weight, NDArray mask) {}
