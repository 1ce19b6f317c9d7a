package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/**
 * A weight seen as codes of 4 bits into a table of values, under scales that runs of columns share:
 * value = scale · table[code].
 */
public interface TabledWeight {
  /** Values of a table. */
  int TABLE = 16;

  /** The table's name. */
  String words();

  /** Columns that share a scale, but for the last of a row. */
  long group();

  /** The values of the codes, {@link #TABLE} of them. */
  float[] values();

  /** Whether all values are multiples of one unit, in a range that a byte has. */
  boolean hasFewSteps();

  /** The codes, uint8 [out, in]. */
  NDArray codes(TorchSession torch, NDManager owner);

  /** The scales, [out, groups], as {@link #scaleType} or as its bytes. */
  NDArray scales(TorchSession torch, NDManager owner);

  /** The scales' type: float32, float16, E4M3, or powers of two (E8M0) in uint8. */
  DType scaleType(TorchSession torch);
}
