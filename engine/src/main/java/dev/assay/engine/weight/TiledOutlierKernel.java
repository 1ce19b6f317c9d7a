package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Optional;

/**
 * Codes on grids of which a few have values in their place, as SpQR's: the grid as {@link
 * TiledGridKernel} multiplies by it, in float32, and what the values differ from it as a sparse
 * addend, before the sum is rounded. Numbers of groups that are quantized in their turn run as
 * float16.
 *
 * @see <a href="https://arxiv.org/abs/2306.03078">Dettmers et al. 2023, SpQR</a>
 */
public final class TiledOutlierKernel implements Kernel {
  @Override
  public String name() {
    return "tiled-outliers";
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    return input instanceof PlainInput
        && parts.size() == 1
        && runtime.dtype() != DType.FLOAT32
        && runtime.execution().device().equals(TorchDevice.CPU)
        && runtime.processor().hasOps()
        && parts.get(0).outlierGroup().stream()
            .anyMatch(group -> TiledGrid.inRuns(group, parts.get(0).inFeatures()));
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    TorchSession torch = runtime.torch();
    try (NDManager scope = owner.newSubManager()) {
      OutlierGrid weight = parts.get(0).outlierGrid(torch, scope);
      QuantizedWeight codes = onGrid(scope, torch, weight);
      TiledGrid grid = TiledGrid.of(owner, torch, List.of(codes), Optional.empty());
      NDArray addends =
          TiledGrid.tiling(torch)
              .call(
                  owner,
                  "addends",
                  weight.codes(),
                  codes.scales(),
                  codes.zeros(),
                  (long) weight.groupSize(),
                  weight.offsets(),
                  weight.columns(),
                  weight.values());
      TiledInputs inputs = TiledInputs.of(runtime, TiledGridKernel.NAME, grid.bits(), true);
      ModuleNode base =
          inputs.into(grid.into(LinearModules.module("tiled", "TiledGridLinear"), torch.threads()));
      NDArray offsets = torch.tensors().copy(owner, weight.offsets());
      NDArray columns = torch.tensors().copy(owner, weight.columns());
      ModuleNode module =
          LinearModules.module("sparse", "SparseAddedLinear")
              .with("offsets", offsets)
              .with("columns", columns)
              .with("values", addends)
              .with("threads", torch.threads())
              .with("base", base);
      long sparse =
          List.of(offsets, columns, addends).stream().mapToLong(torch.tensors()::memory).sum();
      RunnableLinear linear =
          new RunnableLinear(
              name(),
              module,
              grid.rows(),
              grid.bytes(torch) + sparse,
              false,
              "int%d packed, group %d, in tiles, and %d outliers, %s activations"
                  .formatted(
                      grid.bits(),
                      weight.groupSize(),
                      addends.getShape().size(),
                      runtime.dtype().label()),
              Optional.of(inputs.words()));
      NDArray order = weight.order();
      return order == null
          ? linear
          : linear.reordered(
              torch.tensors().copy(owner, torch.tensors().cast(scope, order, DType.INT64)));
    }
  }

  /** With numbers of groups in float16 where that holds them, as the kernel multiplies by them. */
  private static QuantizedWeight onGrid(NDManager owner, TorchSession torch, OutlierGrid weight) {
    boolean narrow =
        List.of(weight.scales(), weight.zeros()).stream()
            .allMatch(numbers -> TiledGrid.tiling(torch).callForBoolean("are_halves", numbers));
    DType type = narrow ? DType.FLOAT16 : DType.FLOAT32;
    NDArray zeros = torch.tensors().cast(owner, weight.zeros(), type);
    return QuantizedWeight.inOrder(
        owner,
        weight.codes(),
        torch.tensors().cast(owner, weight.scales(), type),
        torch.tensors().cast(owner, zeros, DType.FLOAT32),
        new GridForm(weight.bits(), weight.groupSize(), false, true, GridForm.Layout.REAL_ZEROS));
  }
}
