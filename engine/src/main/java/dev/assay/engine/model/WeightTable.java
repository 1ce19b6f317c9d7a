package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.linear.RunnableWeight;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects tensors and forms in the order in which the scripts look for them: a layer is two norm
 * weights and four groups of up to three linears.
 */
final class WeightTable {
  /** Norm weights at the head of a layer's tensors. */
  static final int NORMS = 2;

  private static final int PARTS = 3;

  /** Tensors of a group. */
  static final int GROUP_TENSORS = PARTS * RunnableWeight.SLOTS;

  /** Integers that say a group's forms. */
  static final int GROUP_FORMS = 1 + 2 * PARTS;

  private final NDArray empty;
  private final List<NDArray> tensors = new ArrayList<>();
  private final List<Long> forms = new ArrayList<>();
  private final List<RunnableWeight> weights = new ArrayList<>();

  WeightTable(NDManager owner) {
    this.empty = owner.create(new float[0]);
  }

  void tensor(NDArray tensor) {
    tensors.add(tensor);
  }

  /** A linear that stands alone, such as the head. */
  void single(RunnableWeight weight) {
    form(weight);
    tensors.addAll(weight.slots());
  }

  void group(List<RunnableWeight> parts) {
    if (parts.isEmpty() || parts.size() > PARTS) {
      throw new IllegalArgumentException(parts.size() + " linears in a group, expected 1 to 3");
    }
    forms.add((long) parts.size());
    for (RunnableWeight part : parts) {
      form(part);
      tensors.addAll(part.slots());
    }
    for (int i = parts.size(); i < PARTS; i++) {
      forms.add(0L);
      forms.add(0L);
      for (int slot = 0; slot < RunnableWeight.SLOTS; slot++) {
        tensors.add(empty);
      }
    }
  }

  private void form(RunnableWeight weight) {
    forms.add(weight.kernelCode());
    forms.add((long) weight.groupSize());
    weights.add(weight);
  }

  List<NDArray> tensors() {
    return tensors;
  }

  long[] forms() {
    return forms.stream().mapToLong(Long::longValue).toArray();
  }

  /** All linears, in the order of the forward pass. */
  List<RunnableWeight> weights() {
    return List.copyOf(weights);
  }
}
