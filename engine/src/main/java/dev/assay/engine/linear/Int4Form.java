package dev.assay.engine.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Optional;

/** Weights packed for libtorch's group-wise int4 kernel. */
final class Int4Form {
  /** Group sizes that the kernel takes, largest first. */
  private static final int[] KERNEL_GROUPS = {256, 128, 64, 32};

  private static final int ROW_MULTIPLE = 16;

  private final TorchSession torch;
  private final DType dtype;
  private final ScriptModule kernels;

  Int4Form(TorchSession torch, DType dtype) {
    this.torch = torch;
    this.dtype = dtype;
    this.kernels = torch.script(WeightPreparer.class, "kernels.py");
  }

  /** The packed form, or nothing where the kernel does not take the shape or the grouping. */
  Optional<RunnableWeight> prepare(NDManager owner, List<QuantizedWeight> weights) {
    QuantizedWeight first = weights.get(0);
    long columns = first.inFeatures();
    long rows = weights.stream().mapToLong(QuantizedWeight::outFeatures).sum();
    int group = kernelGroup(first.grid(), columns);
    if (group == 0 || rows % ROW_MULTIPLE != 0) {
      return Optional.empty();
    }
    try (NDManager scope = owner.newSubManager()) {
      JoinedGrid grid = JoinedGrid.of(torch, scope, weights);
      NDArray codes = grid.codes();
      NDArray order = WeightSlots.noOrder(owner);
      if (!first.grid().ordered()) {
        order = kernels.call(owner, "column_order", first.groupIndex());
        codes = torch.tensors().selectColumns(scope, codes, order);
      }
      long repeat = columns / group / first.grid().groups(columns);
      NDArray packed = kernels.call(owner, "pack_int4", codes);
      NDArray pairs =
          kernels.call(owner, "int4_grid", grid.scales(), grid.zeros(), repeat, dtype.scriptCode());
      long bytes =
          rows * columns / 2
              + pairs.getShape().size() * dtype.bytes()
              + order.getShape().size() * DType.INT64.bytes();
      return Optional.of(
          new RunnableWeight(
              Kernel.INT4_PACKED,
              group,
              WeightSlots.of(
                  packed, pairs, WeightSlots.empty(owner), order, WeightSlots.empty(owner)),
              bytes,
              false,
              "int4 packed, group " + group + ", " + dtype.label() + " activations"));
    }
  }

  /** The group size at which the kernel can run the grid, or 0. */
  private static int kernelGroup(GridForm grid, long columns) {
    for (int group : KERNEL_GROUPS) {
      boolean divides =
          grid.groupSize() == GridForm.PER_CHANNEL
              || (grid.groupSize() % group == 0 && columns % grid.groupSize() == 0);
      if (columns % group == 0 && divides) {
        return group;
      }
    }
    return 0;
  }
}
