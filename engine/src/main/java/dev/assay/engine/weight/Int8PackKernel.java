package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchDevice;
import java.util.List;
import java.util.Optional;

/**
 * Libtorch's kernel for 8-bit codes and one scale a row: w = s · (q − 128) + s · (128 − zero), the
 * second term a correction by the sum of the inputs where the grid is asymmetric.
 */
public final class Int8PackKernel implements Kernel {
  /** Its name in results. */
  public static final String NAME = "int8pack";

  private static final int BITS = 8;

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
    return first.grid().bits() == BITS && first.grid().groups(first.inFeatures()) == 1;
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    List<QuantizedWeight> weights = OneGrid.of(runtime, parts).orElseThrow();
    boolean symmetric = weights.stream().allMatch(weight -> weight.grid().symmetric());
    DType dtype = runtime.execution().dtype();
    ScriptModule packing = PackingScripts.of(runtime);
    try (NDManager scope = owner.newSubManager()) {
      JoinedGrid grid = JoinedGrid.of(runtime.torch(), scope, weights);
      NDArray codes = packing.call(owner, "int8_codes", grid.codes());
      NDArray scales = packing.call(owner, "int8_scales", grid.scales(), dtype.scriptCode());
      ModuleNode module =
          LinearModules.module("Int8Linear")
              .with("weight", codes)
              .with("scale", scales)
              .with("packed_rows", runtime.packedRows(NAME, BITS))
              .with("narrow_rows", runtime.processor().narrowRows());
      RunnableLinear linear =
          new RunnableLinear(
              name(),
              module,
              codes.getShape().get(0),
              codes.getShape().size() + scales.getShape().size() * dtype.bytes(),
              false,
              "int8 packed, per channel, " + dtype.label() + " activations",
              Optional.of("up to " + runtime.packedRows(NAME, BITS) + " rows as they are"));
      if (symmetric) {
        return linear;
      }
      NDArray shift =
          packing.call(owner, "int8_offset", grid.scales(), grid.zeros(), dtype.scriptCode());
      return linear.within(
          LinearModules.module("ShiftedLinear").with("shift", shift).with("base", linear.module()),
          shift.getShape().size() * dtype.bytes());
    }
  }
}
