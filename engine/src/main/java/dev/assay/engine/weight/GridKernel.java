package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import java.util.List;

/**
 * Codes on a grid of any width, with groups of any size and order and zeros of any value,
 * dequantised at each call by plain operations that every libtorch has. A row of codes is one
 * stream of bits, so that memory is that of the packed form; time is that of the dense product and
 * of the dequantisation.
 */
public final class GridKernel implements Kernel {
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
    DType dtype = runtime.dtype();
    QuantizedWeight first = weights.get(0);
    int bits = first.grid().bits();
    try (NDManager scope = owner.newSubManager()) {
      JoinedGrid grid = JoinedGrid.of(runtime.torch(), scope, weights);
      NDArray codes = BitStream.pack(runtime.torch(), owner, grid.codes(), bits);
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
              .with("mask", first.grid().maxCode())
              .with("narrow_rows", runtime.processor().narrowRows());
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
          "int" + bits + " packed, dequantised at each call, " + dtype.label() + " activations");
    }
  }
}
