package dev.assay.engine.mixed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.torch.TorchSession;

/**
 * How widths are tried: by rounding to nearest on asymmetric grids.
 *
 * @param groupSize columns that share a scale; -1 for the whole row
 */
record WidthGrid(int groupSize) {
  /** The values of a weight, float32 [out, in], with so many bits. */
  NDArray rounded(TorchSession torch, NDManager owner, NDArray weight, int bits) {
    try (NDManager scope = owner.newSubManager()) {
      return RoundToNearest.quantize(torch, scope, weight, bits, groupSize, false, false)
          .dequantize(torch, owner);
    }
  }
}
