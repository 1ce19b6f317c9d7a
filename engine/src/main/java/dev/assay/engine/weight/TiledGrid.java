package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Optional;

/**
 * Weights on one grid, or of codes into one table, in the tiles that the op of our own reads;
 * {@code grid.h} of the ops says how they lie.
 *
 * @param codes uint8 [rows of tiles, bytes]
 * @param scales [rows of tiles, groups, 16]
 * @param zeros the same in bytes, or in the scales' type; [0] where all are the middle of the
 *     codes, and for codes into a table
 * @param values float32 [16], those of the codes; [0] on a grid
 * @param bits bits a code
 * @param group columns that share a scale
 * @param rows rows of all
 * @param columns columns of each
 */
record TiledGrid(
    NDArray codes,
    NDArray scales,
    NDArray zeros,
    NDArray values,
    int bits,
    long group,
    long rows,
    long columns) {
  /** Columns of the shortest run of inputs under a scale. */
  private static final int LEAST_RUN = 8;

  /** Whether a weight's groups are such that tiles hold them, once its columns are in order. */
  static boolean fits(QuantizedWeight weight, TorchSession torch) {
    return inRuns(group(weight), weight.inFeatures())
        && (weight.grid().ordered()
            || tiling(torch).callForBoolean("in_runs", weight.groupIndex(), group(weight)));
  }

  /** Whether a weight of codes into a table has scales such that tiles hold it. */
  static boolean fits(TabledWeight weight, long columns) {
    return inRuns(weight.group(), columns);
  }

  /** Whether tiles hold groups of so many columns. */
  static boolean inRuns(long group, long columns) {
    return group == columns || group % LEAST_RUN == 0;
  }

  private static long group(QuantizedWeight weight) {
    long size = weight.grid().groupSize();
    return size == GridForm.PER_CHANNEL ? weight.inFeatures() : Math.min(size, weight.inFeatures());
  }

  static ScriptModule tiling(TorchSession torch) {
    return torch.script(TiledGrid.class, "tiling.py");
  }

  /**
   * The rows of weights of one kind, one after another.
   *
   * @param weights such as fit
   * @param order int64 [in], in which their columns are to lie, if in another than they do
   */
  static TiledGrid of(
      NDManager owner, TorchSession torch, List<QuantizedWeight> weights, Optional<NDArray> order) {
    QuantizedWeight first = weights.get(0);
    int bits = first.grid().bits();
    try (NDManager scope = owner.newSubManager()) {
      JoinedGrid grid = JoinedGrid.of(torch, scope, weights);
      NDArray codes =
          order.isPresent()
              ? torch.tensors().selectColumns(scope, grid.codes(), order.get())
              : grid.codes();
      return new TiledGrid(
          tiling(torch).call(owner, "pack", codes, (long) bits),
          tiling(torch).call(owner, "in_tiles", grid.scales()),
          zeros(owner, scope, torch, grid, weights),
          torch.tensors().zeros(owner, DType.FLOAT32, 0),
          bits,
          group(first),
          codes.getShape().get(0),
          first.inFeatures());
    }
  }

  /**
   * The rows of weights of codes into one table, one after another.
   *
   * @param weights such as fit, with the same table, group and type of scales
   */
  static TiledGrid ofTable(NDManager owner, TorchSession torch, List<TabledWeight> weights) {
    TabledWeight first = weights.get(0);
    Tensors tensors = torch.tensors();
    try (NDManager scope = owner.newSubManager()) {
      NDArray codes =
          tensors.concatenate(
              scope, weights.stream().map(each -> each.codes(torch, scope)).toList(), 0);
      NDArray scales =
          tensors.concatenate(
              scope, weights.stream().map(each -> each.scales(torch, scope)).toList(), 0);
      NDArray tiles = tiling(torch).call(scope, "in_tiles", scales);
      DType type = first.scaleType(torch);
      return new TiledGrid(
          tiling(torch).call(owner, "pack", codes, (long) Codebook.BITS),
          tensors.copy(owner, tensors.reinterpret(scope, tiles, type)),
          tensors.zeros(owner, DType.UINT8, 0),
          tensors.copy(owner, Tensors.of(scope, first.values(), TabledWeight.TABLE)),
          Codebook.BITS,
          first.group(),
          codes.getShape().get(0),
          codes.getShape().get(1));
    }
  }

  private static NDArray zeros(
      NDManager owner,
      NDManager scope,
      TorchSession torch,
      JoinedGrid grid,
      List<QuantizedWeight> weights) {
    double middle = 1 << (weights.get(0).grid().bits() - 1);
    return tiling(torch).callForBoolean("all_are", grid.zeros(), middle)
        ? torch.tensors().zeros(owner, DType.UINT8, 0)
        : tiling(torch).call(owner, "in_tiles", grid.narrowZeros(torch, scope, weights));
  }

  /** A module with these, whose op takes some threads. */
  ModuleNode into(ModuleNode module, int threads) {
    return module
        .with("codes", codes)
        .with("scales", scales)
        .with("zeros", zeros)
        .with("values", values)
        .with("bits", bits)
        .with("group", group)
        .with("rows", rows)
        .with("columns", columns)
        .with("threads", threads);
  }

  /** Native memory of all. */
  long bytes(TorchSession torch) {
    return List.of(codes, scales, zeros, values).stream().mapToLong(torch.tensors()::memory).sum();
  }
}
