package dev.assay.engine.weight.sparse;

import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.StoredWeight;
import java.util.Locale;

/** Linears whose zeros are not there, run by an op of our own for few rows of input. */
final class SparseLinears {
  private SparseLinears() {}

  /**
   * The linear.
   *
   * @param kernel its name
   * @param module with what it stores, to which shape and limits are added
   * @param weight of its shape
   * @param most rows of input that the op takes
   * @param bytes of what it stores
   * @param kept share of weights that are not 0
   * @param how they are stored, in words
   */
  static RunnableLinear of(
      String kernel,
      ModuleNode module,
      StoredWeight weight,
      long most,
      KernelRuntime runtime,
      long bytes,
      double kept,
      String how) {
    module
        .with("rows", weight.outFeatures())
        .with("columns", weight.inFeatures())
        .with("threads", runtime.torch().threads())
        .with("most_rows", most)
        .with("narrow_rows", runtime.processor().narrowRows());
    return new RunnableLinear(
        kernel,
        module,
        weight.outFeatures(),
        bytes,
        false,
        String.format(
            Locale.ROOT,
            "%s, %.0f %% of values %s, up to %d rows by an op of our own",
            runtime.dtype().label(),
            100 * kept,
            how,
            most));
  }
}
