package dev.assay.engine.torch;

import ai.djl.ndarray.types.Shape;

/**
 * A tensor in a TorchScript archive, contiguous, alone in its storage.
 *
 * @param key name of the storage, {@code data/key} in the archive
 * @param type of its elements
 * @param shape of it
 */
record ArchivedTensor(String key, DType type, Shape shape) {
  long[] strides() {
    long[] strides = new long[shape.dimension()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, shape.get(axis));
    }
    return strides;
  }
}
