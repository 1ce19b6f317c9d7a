package dev.assay.engine.learned;

import java.util.List;
import java.util.function.IntFunction;

/** The steps by which the grids of a layer are learned. */
@FunctionalInterface
interface Course {
  /** Makes them. */
  void run(LayerLearning learning);

  /**
   * Steps that are known beforehand.
   *
   * @param order what each sees, by the number of sequences
   */
  static Course of(IntFunction<List<int[]>> order) {
    return learning -> order.apply(learning.sequences()).forEach(learning::step);
  }
}
