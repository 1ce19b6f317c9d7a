package dev.assay.engine.checkpoint.torch.pickle;

import java.util.List;

/**
 * A tensor as a state dictionary describes it: a view of a storage that lies beside the pickle.
 *
 * @param name its key in the state dictionary
 * @param storageType class of the storage, which names the element type: {@code FloatStorage} …
 * @param storageKey name of the storage
 * @param storageElements elements of the whole storage
 * @param offset first element of the tensor in the storage
 * @param shape elements along each axis, at least 0
 * @param strides elements of the storage from one to the next along each axis
 */
public record PickledTensor(
    String name,
    String storageType,
    String storageKey,
    long storageElements,
    long offset,
    List<Long> shape,
    List<Long> strides) {
  public PickledTensor {
    shape = List.copyOf(shape);
    strides = List.copyOf(strides);
  }

  /** Whether its elements lie one after the other in row-major order. */
  public boolean contiguous() {
    if (shape.contains(0L)) {
      return true;
    }
    long expected = 1;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      if (shape.get(axis) != 1 && strides.get(axis) != expected) {
        return false;
      }
      expected *= shape.get(axis);
    }
    return true;
  }
}
