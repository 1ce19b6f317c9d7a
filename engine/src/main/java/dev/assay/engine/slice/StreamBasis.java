package dev.assay.engine.slice;

import ai.djl.ndarray.NDArray;

/**
 * The principal components of a residual stream at one place.
 *
 * @param moments how much it has of each, damping included, falling, float64 [hidden]
 * @param components as columns, float64 [hidden, hidden]
 */
record StreamBasis(NDArray moments, NDArray components) {}
