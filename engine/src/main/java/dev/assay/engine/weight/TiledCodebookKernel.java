package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Codes of 4 bits into a table (NF4, FP4, MXFP4, NVFP4), which an op of our own looks up while it
 * multiplies: in the tiles, and by inputs as integers, as {@link TiledGridKernel} has them. The
 * table's values become multiples of a unit: exactly where they are such, as those of all but NF4
 * are; otherwise the nearest of 2047 steps up to the greatest.
 *
 * @see <a href="https://arxiv.org/abs/2206.09557">Park et al. 2022, LUT-GEMM</a>
 */
public final class TiledCodebookKernel implements Kernel {
  /** Its name in results. */
  public static final String NAME = "tiled-codebook";

  private static final String ROWS = "tiled-codebook-rows";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    return input instanceof PlainInput
        && runtime.execution().device().equals(TorchDevice.CPU)
        && runtime.processor().hasOps()
        && tabled(parts, runtime)
            .filter(
                weights ->
                    runtime.dtype() != DType.FLOAT32
                        || weights.get(0).hasFewSteps()
                            && runtime.execution().inputs() == KernelInputs.INT8)
            .isPresent();
  }

  private static Optional<List<TabledWeight>> tabled(
      List<StoredWeight> parts, KernelRuntime runtime) {
    List<TabledWeight> weights = new ArrayList<>();
    for (StoredWeight part : parts) {
      Optional<TabledWeight> weight =
          part.tabled().filter(each -> TiledGrid.fits(each, part.inFeatures()));
      if (weight.isEmpty()
          || !(weights.isEmpty() || joinable(runtime, weights.get(0), weight.get()))) {
        return Optional.empty();
      }
      weights.add(weight.get());
    }
    return Optional.of(weights);
  }

  private static boolean joinable(KernelRuntime runtime, TabledWeight first, TabledWeight other) {
    return first.group() == other.group()
        && first.scaleType(runtime.torch()) == other.scaleType(runtime.torch())
        && Arrays.equals(first.values(), other.values());
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    List<TabledWeight> weights = tabled(parts, runtime).orElseThrow();
    TiledGrid grid = TiledGrid.ofTable(owner, runtime.torch(), weights);
    TiledInputs inputs = TiledInputs.of(runtime, NAME, Codebook.BITS, weights.get(0).hasFewSteps());
    return new RunnableLinear(
        name(),
        inputs.into(
            grid.into(LinearModules.module("tiled", "TiledGridLinear"), runtime.torch().threads())),
        grid.rows(),
        grid.bytes(runtime.torch()),
        false,
        "%s codes, group %d, in tiles, %s activations"
            .formatted(weights.get(0).words(), grid.group(), runtime.dtype().label()),
        Optional.of(inputs.words()));
  }

  /** The rows of a weight as a table; nothing where tiles do not hold it. */
  static Optional<RunnableTable> table(
      NDManager owner, StoredWeight weight, KernelRuntime runtime) {
    if (!new TiledCodebookKernel().accepts(List.of(weight), new PlainInput(), runtime)) {
      return Optional.empty();
    }
    TabledWeight tabled = weight.tabled().orElseThrow();
    TiledGrid tiles = TiledGrid.ofTable(owner, runtime.torch(), List.of(tabled));
    return Optional.of(
        TableModules.table(
            ROWS,
            tiles.into(
                TableModules.module("tiled", "TiledGridEmbedding", runtime),
                runtime.torch().threads()),
            tabled.words() + " codes in tiles",
            runtime));
  }
}
