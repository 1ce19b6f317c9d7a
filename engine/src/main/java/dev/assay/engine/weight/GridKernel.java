package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import java.util.List;

/**
 * Codes on a grid, dequantised at each call by plain operations that every libtorch has. Codes lie
 * in fields of 1, 2, 4 or 8 bits.
 */
final class GridKernel implements Kernel {
  @Override
  public String name() {
    return "grid";
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    return input instanceof PlainInput && OneGrid.of(runtime, parts).isPresent();
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    List<QuantizedWeight> weights = OneGrid.of(runtime, parts).orElseThrow();
    QuantizedWeight first = weights.get(0);
    int bits = Integer.highestOneBit(2 * first.grid().bits() - 1);
    try (NDManager scope = owner.newSubManager()) {
      JoinedGrid grid = JoinedGrid.of(runtime.torch(), scope, weights);
      NDArray codes = PackingScripts.of(runtime).call(owner, "pack_bits", grid.codes(), bits);
      NDArray scales = runtime.torch().tensors().copy(owner, grid.scales());
      boolean whole =
          weights.stream().noneMatch(w -> w.grid().layout() == GridForm.Layout.REAL_ZEROS);
      DType zeroType = whole ? DType.UINT8 : runtime.torch().tensors().typeOf(grid.scales());
      NDArray zeros = runtime.torch().tensors().cast(owner, grid.zeros(), zeroType);
      NDArray groups = runtime.torch().tensors().copy(owner, first.groupIndex());
      ModuleNode module =
          LinearModules.module("GridLinear")
              .with("codes", codes)
              .with("scales", scales)
              .with("zeros", zeros)
              .with("groups", groups)
              .with("bits", bits)
              .with("mask", (1 << bits) - 1);
      long bytes =
          codes.getShape().size()
              + scales.getShape().size() * scales.getDataType().getNumOfBytes()
              + zeros.getShape().size() * zeroType.bytes()
              + groups.getShape().size() * DType.INT32.bytes();
      return new RunnableLinear(
          name(),
          module,
          grid.codes().getShape().get(0),
          bytes,
          false,
          "codes of " + bits + " bits, dequantised at each call");
    }
  }
}
