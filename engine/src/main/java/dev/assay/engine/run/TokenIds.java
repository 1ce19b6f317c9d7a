package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Token ids as a tensor. */
final class TokenIds {
  private TokenIds() {}

  /** Int64 [sequences, tokens]. */
  static NDArray of(NDManager owner, long[][] ids) {
    int width = ids[0].length;
    long[] flat = new long[ids.length * width];
    for (int row = 0; row < ids.length; row++) {
      if (ids[row].length != width) {
        throw new IllegalArgumentException(
            "sequences of one batch have one length, found " + width + " and " + ids[row].length);
      }
      System.arraycopy(ids[row], 0, flat, row * width, width);
    }
    return owner.create(flat, new Shape(ids.length, width));
  }
}
