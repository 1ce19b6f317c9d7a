package dev.assay.engine.weight.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseKernel;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.Kernel;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.List;

/**
 * Multiplies by weights without their zeros, whatever form they are stored in: on a CPU by ops of
 * our own, one of which reads the values and a bit for each weight, where that was found to be
 * faster than all values at a half, the other the values with their columns, where that was found
 * to be fastest at a tenth; elsewhere, and where more is left, by all values as dense weights are,
 * since zeros buy nothing there.
 */
public final class BitmaskKernel implements Kernel {
  /** The name, in results and in {@link KernelChoices}. */
  public static final String NAME = "bitmask";

  /** Beside the interface of linears, which has to be found. */
  private static final ScriptClass MODULE =
      ScriptClass.of(DenseKernel.class, "bitmask_linear.BitmaskLinear");

  /** The greatest share of weights that are stored for which it was timed, with some room. */
  private static final double MOST = 0.55;

  /** Rows of input where nobody has timed more. */
  private static final long ROWS = 4;

  /** Values that the op may read past the last one. */
  private static final long PAST = 32;

  @Override
  public String name() {
    return NAME;
  }

  /** The key of {@link KernelChoices#kernels} for values of a type. */
  public static String key(DType type) {
    return KernelChoices.key(NAME, type.label());
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    return input instanceof PlainInput && parts.stream().allMatch(SparseWeight.class::isInstance);
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    TorchSession torch = runtime.torch();
    if (!runsSparse(runtime)) {
      return dense(owner, parts, input, runtime);
    }
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> all = new ArrayList<>();
      for (StoredWeight part : parts) {
        NDArray whole = ((SparseWeight) part).whole(torch, scope);
        all.add(torch.tensors().cast(scope, whole, runtime.dtype()));
      }
      NDArray whole = torch.tensors().concatenate(scope, all, 0);
      BitmaskWeight weight = BitmaskWeight.of(torch, scope, whole);
      double kept = (double) weight.values().getShape().size() / whole.getShape().size();
      if (CsrLinear.isFaster(runtime, kept, weight.inFeatures())) {
        return CsrLinear.of(owner, whole, kept, runtime);
      }
      return kept <= MOST && isFaster(runtime)
          ? bitmask(owner, weight, kept, runtime)
          : dense(owner, parts, input, runtime);
    }
  }

  private static boolean runsSparse(KernelRuntime runtime) {
    return runtime.execution().packed()
        && runtime.execution().device().equals(TorchDevice.CPU)
        && runtime.processor().hasOps();
  }

  private static boolean isFaster(KernelRuntime runtime) {
    return NAME.equals(runtime.execution().choices().kernels().get(key(runtime.dtype())));
  }

  /** All values, which is no simulation: nothing else would be faster. */
  private static RunnableLinear dense(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    RunnableLinear all = new DenseKernel().prepare(owner, parts, input, runtime);
    return new RunnableLinear(
        all.kernel(),
        all.module(),
        all.outFeatures(),
        all.bytes(),
        false,
        all.form() + ", zeros too");
  }

  private static RunnableLinear bitmask(
      NDManager owner, BitmaskWeight weight, double kept, KernelRuntime runtime) {
    TorchSession torch = runtime.torch();
    ScriptModule script = SparseScripts.of(torch);
    long most = runtime.execution().choices().packedRows().getOrDefault(key(runtime.dtype()), ROWS);
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = script.call(scope, "mask_of_bits", weight.bitmask(), weight.inFeatures());
      NDArray values = script.call(owner, "with_more", weight.values(), PAST);
      NDArray bits = torch.tensors().copy(owner, weight.bitmask());
      NDArray offsets = script.call(owner, "row_starts", mask);
      ModuleNode module =
          new ModuleNode(MODULE).with("values", values).with("bits", bits).with("offsets", offsets);
      return SparseLinears.of(
          NAME,
          module,
          weight,
          most,
          runtime,
          values.getShape().size() * weight.type().bytes()
              + bits.getShape().size()
              + offsets.getShape().size() * DType.INT64.bytes(),
          kept,
          "under a bitmask");
    }
  }
}
