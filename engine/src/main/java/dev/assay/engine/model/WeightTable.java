package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.linear.RunnableWeight;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects tensors and forms in the order in which the scripts look for them: a layer is a pair of
 * tensors for each {@link Side} and then groups of up to three linears.
 */
final class WeightTable {
  /** Linears of a group. */
  static final int PARTS = 3;

  private static final int SIDE_TENSORS = 2 * Side.values().length;
  private static final int GROUP_TENSORS = PARTS * RunnableWeight.SLOTS;
  private static final int GROUP_FORMS = 1 + 2 * PARTS;

  private final NDArray empty;
  private final List<NDArray> tensors = new ArrayList<>();
  private final List<Long> forms = new ArrayList<>();
  private final List<RunnableWeight> weights = new ArrayList<>();

  WeightTable(NDManager owner) {
    this.empty = owner.create(new float[0]);
  }

  /** Tensors of a layer with a number of groups. */
  static long tensorsOfLayer(int groups) {
    return groupTensors(groups);
  }

  /** Integers that say the forms of a layer with a number of groups. */
  static long formsOfLayer(int groups) {
    return groupForms(groups);
  }

  /** Where a group's tensors begin in those of its layer. */
  static long groupTensors(int group) {
    return SIDE_TENSORS + (long) group * GROUP_TENSORS;
  }

  /** Where a group's forms begin in those of its layer. */
  static long groupForms(int group) {
    return (long) group * GROUP_FORMS;
  }

  /** A tensor, or an empty one in its place. */
  void tensor(@Nullable NDArray tensor) {
    tensors.add(tensor == null ? empty : tensor);
  }

  /** A linear that stands alone, such as the head. */
  void single(RunnableWeight weight) {
    form(weight);
    tensors.addAll(weight.slots());
  }

  /** In place of a linear that is not there. */
  void none() {
    forms.add(0L);
    forms.add(0L);
    for (int slot = 0; slot < RunnableWeight.SLOTS; slot++) {
      tensors.add(empty);
    }
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
      none();
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
