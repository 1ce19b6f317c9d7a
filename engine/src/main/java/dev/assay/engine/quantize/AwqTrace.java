package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.model.Folding;

/** Hears what AWQ finds in a layer. The tensors live until the call returns. */
interface AwqTrace {
  /** Scales of what a folding moves. */
  default void scales(LayerContext layer, Folding folding, AwqScales found) {}

  /** Bounds of a linear's groups, float32 [out, groups]; not of those that are not clipped. */
  default void bounds(LayerContext layer, String linear, NDArray bounds) {}

  /** A linear's weight, float32 [out, in], scaled and clipped, before it is rounded. */
  default void rounding(LayerContext layer, String linear, NDArray weight) {}
}
