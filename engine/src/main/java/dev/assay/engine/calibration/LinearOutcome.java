package dev.assay.engine.calibration;

import org.jspecify.annotations.Nullable;

/**
 * What compression did to one linear.
 *
 * @param layer index of the layer, those of an encoder before those of its decoder
 * @param linear name within the layer
 * @param outFeatures rows of the weight
 * @param inFeatures columns of the weight
 * @param relativeError squared error over the squared norm of the original
 * @param errorKind of what: {@code weight}, or {@code output} on the calibration inputs
 * @param sparsity share of stored values that are exactly zero
 * @param bits stored bits a weight, scales and zeros included
 * @param seconds wall time
 * @param note anything unusual, such as raised damping
 */
public record LinearOutcome(
    int layer,
    String linear,
    long outFeatures,
    long inFeatures,
    double relativeError,
    String errorKind,
    double sparsity,
    double bits,
    double seconds,
    @Nullable String note) {}
