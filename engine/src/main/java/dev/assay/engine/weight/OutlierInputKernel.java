package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Optional;

/**
 * The products of LLM.int8(), by an op of our own: features in which no input of the call reaches a
 * threshold become codes of 8 bits for each token, and codes are multiplied by codes in the tiles
 * that {@link TiledGridKernel} reads; the others are added as they are, by the dequantised weights
 * of their columns, or by those that the weight keeps in float16.
 *
 * @see <a href="https://arxiv.org/abs/2208.07339">Dettmers et al. 2022, LLM.int8()</a>
 */
public final class OutlierInputKernel implements Kernel {
  private static final String NAME = "tiled-outlier-inputs";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    return input instanceof OutlierInput
        && runtime.execution().device().equals(TorchDevice.CPU)
        && runtime.processor().hasOps()
        && haveOneSet(parts, runtime)
        && OneGrid.of(runtime, rounded(parts))
            .map(weights -> weights.get(0))
            .filter(first -> first.grid().ordered() && TiledGrid.fits(first, runtime.torch()))
            .isPresent();
  }

  /** What is on a grid of each. */
  private static List<StoredWeight> rounded(List<StoredWeight> parts) {
    return parts.stream()
        .map(part -> part.columnsApart().<StoredWeight>map(ColumnsApart::rounded).orElse(part))
        .toList();
  }

  /** Whether the same columns are apart in all. */
  private static boolean haveOneSet(List<StoredWeight> parts, KernelRuntime runtime) {
    List<ColumnsApart> apart = apart(parts);
    return apart.isEmpty()
        || apart.size() == parts.size()
            && apart.stream()
                .allMatch(
                    each ->
                        WeightRows.same(runtime.torch(), each.columns(), apart.get(0).columns()));
  }

  private static List<ColumnsApart> apart(List<StoredWeight> parts) {
    return parts.stream().flatMap(part -> part.columnsApart().stream()).toList();
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    TorchSession torch = runtime.torch();
    Tensors tensors = torch.tensors();
    OutlierInput outliers = (OutlierInput) input;
    List<QuantizedWeight> weights = OneGrid.of(runtime, rounded(parts)).orElseThrow();
    TiledGrid grid = TiledGrid.of(owner, torch, weights, Optional.empty());
    List<ColumnsApart> apart = apart(parts);
    NDArray columns =
        apart.isEmpty()
            ? tensors.zeros(owner, DType.INT32, 0)
            : tensors.copy(owner, apart.get(0).columns());
    NDArray values =
        apart.isEmpty()
            ? tensors.zeros(owner, DType.FLOAT16, 0)
            : tensors.concatenate(owner, apart.stream().map(ColumnsApart::values).toList(), 0);
    ModuleNode module =
        grid.into(LinearModules.module("apart", "OutlierInputLinear"), torch.threads())
            .with("apart", columns)
            .with("apart_values", values)
            .with("threshold", outliers.threshold())
            .with("half", outliers.half() ? 1L : 0L);
    long kept = columns.getShape().size();
    return new RunnableLinear(
        NAME,
        module,
        grid.rows(),
        grid.bytes(torch) + tensors.memory(columns) + tensors.memory(values),
        false,
        "int%d packed, %s, in tiles%s, %s activations"
            .formatted(
                grid.bits(),
                grid.group() == grid.columns() ? "per channel" : "group " + grid.group(),
                kept == 0 ? "" : ", " + kept + " columns in float16",
                runtime.dtype().label()),
        Optional.of("as the codes of tokens"));
  }
}
