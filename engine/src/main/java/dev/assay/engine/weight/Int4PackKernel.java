package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchDevice;
import java.util.List;
import java.util.Optional;

/** Libtorch's kernel for 4-bit codes in groups; many rows of input see dequantised values. */
public final class Int4PackKernel implements Kernel {
  /** Its name in results. */
  public static final String NAME = "int4pack";

  /** Group sizes that the kernel takes, largest first. */
  private static final int[] KERNEL_GROUPS = {256, 128, 64, 32};

  private static final int BITS = 4;
  private static final int ROW_MULTIPLE = 16;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    if (!(input instanceof PlainInput)) {
      return false;
    }
    Optional<List<QuantizedWeight>> weights = OneGrid.of(runtime, parts);
    if (weights.isEmpty() || !runtime.execution().device().equals(TorchDevice.CPU)) {
      return false;
    }
    QuantizedWeight first = weights.get().get(0);
    long rows = parts.stream().mapToLong(StoredWeight::outFeatures).sum();
    return first.grid().bits() == BITS
        && kernelGroup(first.grid(), first.inFeatures()) > 0
        && rows % ROW_MULTIPLE == 0;
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    List<QuantizedWeight> weights = OneGrid.of(runtime, parts).orElseThrow();
    QuantizedWeight first = weights.get(0);
    long columns = first.inFeatures();
    int group = kernelGroup(first.grid(), columns);
    DType dtype = runtime.execution().dtype();
    ScriptModule packing = PackingScripts.of(runtime);
    try (NDManager scope = owner.newSubManager()) {
      JoinedGrid grid = JoinedGrid.of(runtime.torch(), scope, weights);
      NDArray codes = grid.codes();
      NDArray order = null;
      if (!first.grid().ordered()) {
        order = packing.call(owner, "column_order", first.groupIndex());
        codes = runtime.torch().tensors().selectColumns(scope, codes, order);
      }
      long rows = codes.getShape().get(0);
      long repeat = columns / group / first.grid().groups(columns);
      NDArray packed = packing.call(owner, "pack_int4", codes);
      NDArray pairs =
          packing.call(owner, "int4_grid", grid.scales(), grid.zeros(), repeat, dtype.scriptCode());
      ModuleNode module =
          LinearModules.module("Int4Linear")
              .with("weight", packed)
              .with("grid", pairs)
              .with("group", group)
              .with("block", runtime.processor().layout().block())
              .with("packed_rows", runtime.packedRows(NAME, BITS))
              .with("narrow_rows", runtime.processor().narrowRows());
      RunnableLinear linear =
          new RunnableLinear(
              name(),
              module,
              rows,
              rows * columns / 2 + pairs.getShape().size() * dtype.bytes(),
              false,
              "int4 packed, group " + group + ", " + dtype.label() + " activations",
              Optional.of("up to " + runtime.packedRows(NAME, BITS) + " rows as they are"));
      return order == null ? linear : linear.reordered(order);
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
