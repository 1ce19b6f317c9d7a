package dev.assay.engine.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** The five tensors that the scripts take for a weight, with empty ones for those absent. */
final class WeightSlots {
  private WeightSlots() {}

  static List<NDArray> of(NDManager owner, NDArray weight) {
    return of(weight, empty(owner), empty(owner), noOrder(owner), empty(owner));
  }

  static List<NDArray> of(
      NDArray weight, NDArray scales, NDArray offset, NDArray order, NDArray bias) {
    return List.of(weight, scales, offset, order, bias);
  }

  static NDArray empty(NDManager owner) {
    return owner.create(new float[0]);
  }

  static NDArray noOrder(NDManager owner) {
    return owner.create(new long[0]);
  }
}
