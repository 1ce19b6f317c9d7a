package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.model.LayerSurroundings;

/**
 * Calibration sequences on their way through the layers.
 *
 * @param activations the layer's input, float32 [sequences, tokens, hidden]; overwritten by its
 *     output
 * @param surroundings what the layer sees beside it
 */
record LayerBatch(NDArray activations, LayerSurroundings surroundings) {}
