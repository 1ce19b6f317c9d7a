package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchDevice;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Codes of 1 to 8 bits on a grid in tiles of 16 rows, which an op of our own multiplies as they
 * are, by inputs as integers.
 *
 * <p>Inputs of 16 bits become integers of 16 bits under a scale for every 32 of them (16 or 8 where
 * groups are no multiple of 32), and products are summed exactly within these: an error of 2^-16 of
 * the greatest input of such a run. Many rows of input see values that are dequantised at each
 * call, and executions in float32 are left to kernels that take inputs as they come. Where the
 * execution asks for inputs of 8 bits, they become such integers, however many rows there are;
 * where inputs are rounded to a symmetric grid for each token, they become its codes.
 */
public final class TiledGridKernel implements Kernel {
  /** Its name in results. */
  public static final String NAME = "tiled-grid";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    return takes(input, runtime)
        && runtime.execution().device().equals(TorchDevice.CPU)
        && runtime.processor().hasOps()
        && OneGrid.of(runtime, parts)
            .filter(weights -> TiledGrid.fits(weights.get(0), runtime.torch()))
            .isPresent()
        && !isLeftToLibtorch(parts, input, runtime);
  }

  private static boolean takes(InputScheme input, KernelRuntime runtime) {
    return input instanceof PlainInput
        ? runtime.dtype() != DType.FLOAT32 || runtime.execution().inputs() == KernelInputs.INT8
        : input instanceof PerTokenInput perToken && isOfBytes(perToken);
  }

  /** Whether its codes are those that the op rounds to. */
  private static boolean isOfBytes(PerTokenInput input) {
    return input.bits() <= Byte.SIZE
        && input.symmetric()
        && input.rule() == IntegerRule.SMOOTHQUANT;
  }

  /**
   * Whether one of libtorch's own kernels takes it and is faster here. Where nobody has timed it:
   * on all processors but those with AVX2, on which a row of input through 2048 by 2048 of 4 bits
   * takes 0.38 ms to 0.64, of 8 bits 0.49 ms to 1.2 (AMD Zen 3, one thread, weights from memory).
   */
  private static boolean isLeftToLibtorch(
      List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    int bits = parts.get(0).onGrid().orElseThrow().grid().bits();
    boolean slower =
        runtime
            .execution()
            .choices()
            .kernel(bits)
            .map(faster -> !faster.equals(NAME))
            .orElseGet(() -> NativeOps.of(runtime.torch()).level() != NativeOps.Level.AVX2);
    return slower
        && runtime.execution().inputs() == KernelInputs.NATIVE
        && Stream.of(new Int4PackKernel(), new Int8PackKernel())
            .anyMatch(kernel -> kernel.accepts(parts, input, runtime));
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    List<QuantizedWeight> weights = OneGrid.of(runtime, parts).orElseThrow();
    QuantizedWeight first = weights.get(0);
    Optional<NDArray> order =
        first.grid().ordered()
            ? Optional.empty()
            : Optional.of(
                PackingScripts.of(runtime).call(owner, "column_order", first.groupIndex()));
    TiledGrid grid = TiledGrid.of(owner, runtime.torch(), weights, order);
    TiledInputs inputs =
        input instanceof PerTokenInput perToken
            ? TiledInputs.of(runtime, perToken)
            : TiledInputs.of(runtime, NAME, grid.bits(), true);
    ModuleNode module =
        inputs.into(
            grid.into(LinearModules.module("tiled", "TiledGridLinear"), runtime.torch().threads()));
    String form =
        "int%d packed, %s, in tiles, %s activations"
            .formatted(
                grid.bits(),
                grid.group() == grid.columns() ? "per channel" : "group " + grid.group(),
                runtime.dtype().label());
    RunnableLinear linear =
        new RunnableLinear(
            name(),
            module,
            grid.rows(),
            grid.bytes(runtime.torch()),
            false,
            form,
            Optional.of(inputs.words()));
    return order.map(linear::reordered).orElse(linear);
  }
}
