package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ModuleNode;
import java.util.List;

/**
 * Weights on one grid as modules keep them that dequantise at each call.
 *
 * @param codes uint8, a row one stream of bits
 * @param scales [out, groups]
 * @param zeros [out, groups], bytes where they are whole numbers, otherwise of the scales' type
 * @param groups int32 [in], the group of each column
 * @param size columns of each group where groups are runs of one length, otherwise 0
 * @param bits bits a code
 * @param rows rows of all
 */
record GridTensors(
    NDArray codes, NDArray scales, NDArray zeros, NDArray groups, long size, int bits, long rows) {
  /** The rows of weights of one kind, one after another. */
  static GridTensors of(NDManager owner, KernelRuntime runtime, List<QuantizedWeight> weights) {
    QuantizedWeight first = weights.get(0);
    int bits = first.grid().bits();
    try (NDManager scope = owner.newSubManager()) {
      JoinedGrid grid = JoinedGrid.of(runtime.torch(), scope, weights);
      NDArray zeros = grid.narrowZeros(runtime.torch(), scope, weights);
      return new GridTensors(
          BitStream.pack(runtime.torch(), owner, grid.codes(), bits),
          runtime.torch().tensors().copy(owner, grid.scales()),
          runtime.torch().tensors().copy(owner, zeros),
          runtime.torch().tensors().copy(owner, first.groupIndex()),
          runLength(first),
          bits,
          grid.codes().getShape().get(0));
    }
  }

  private static long runLength(QuantizedWeight weight) {
    long columns = weight.inFeatures();
    GridForm grid = weight.grid();
    long size = grid.groupSize() == GridForm.PER_CHANNEL ? columns : grid.groupSize();
    return grid.ordered() && columns % size == 0 ? size : 0;
  }

  /** A module with these. */
  ModuleNode into(ModuleNode module) {
    return module
        .with("codes", codes)
        .with("scales", scales)
        .with("zeros", zeros)
        .with("groups", groups)
        .with("size", size)
        .with("bits", bits)
        .with("mask", (1 << bits) - 1);
  }

  /** Native memory of all. */
  long bytes() {
    return List.of(codes, scales, zeros, groups).stream()
        .mapToLong(tensor -> tensor.getShape().size() * tensor.getDataType().getNumOfBytes())
        .sum();
  }
}
