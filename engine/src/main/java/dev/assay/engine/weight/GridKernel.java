package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
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
    GridTensors grid = GridTensors.of(owner, runtime, OneGrid.of(runtime, parts).orElseThrow());
    ModuleNode module =
        grid.into(LinearModules.module("GridLinear"))
            .with("narrow_rows", runtime.processor().narrowRows());
    String form =
        "int%d packed, dequantised at each call, %s activations"
            .formatted(grid.bits(), runtime.dtype().label());
    return new RunnableLinear(name(), module, grid.rows(), grid.bytes(), false, form);
  }
}
