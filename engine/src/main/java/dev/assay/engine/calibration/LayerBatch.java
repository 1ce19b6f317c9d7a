package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * Calibration sequences on their way through the layers.
 *
 * @param activations the layer's input, float32 [sequences, tokens, hidden]; overwritten by its
 *     output
 * @param memory what an encoder made of the sequences, for a decoder that reads it
 */
public record LayerBatch(NDArray activations, @Nullable NDArray memory) {}
