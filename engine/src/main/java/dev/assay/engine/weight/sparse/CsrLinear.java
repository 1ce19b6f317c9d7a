package dev.assay.engine.weight.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseKernel;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.RunnableLinear;

/**
 * What is not 0 of a weight with the column of each, multiplied by an op of our own: four bytes for
 * each of 16 bits, so that little has to be left.
 */
public final class CsrLinear {
  /** The name, in results and in {@link KernelChoices}. */
  public static final String NAME = "csr";

  /** Beside the interface of linears, which has to be found. */
  private static final ScriptClass MODULE =
      ScriptClass.of(DenseKernel.class, "csr_linear.CsrLinear");

  /** The greatest share of weights that are stored for which it was timed, with some room. */
  private static final double MOST = 0.11;

  /** Rows of input where nobody has timed more. */
  private static final long ROWS = 4;

  private CsrLinear() {}

  /** The key of {@link KernelChoices#kernels} for values of a type. */
  public static String key(DType type) {
    return KernelChoices.key(NAME, type.label());
  }

  /** Whether it was found faster where so much of so many columns is left. */
  static boolean isFaster(KernelRuntime runtime, double kept, long columns) {
    return kept <= MOST
        && CsrWeight.columnType(columns) == DType.INT16
        && NAME.equals(runtime.execution().choices().kernels().get(key(runtime.dtype())));
  }

  /**
   * The linear.
   *
   * @param whole all values, [out, in], of the execution's type
   * @param kept share of them that are not 0
   */
  static RunnableLinear of(NDManager owner, NDArray whole, double kept, KernelRuntime runtime) {
    TorchSession torch = runtime.torch();
    long most = runtime.execution().choices().packedRows().getOrDefault(key(runtime.dtype()), ROWS);
    try (NDManager scope = owner.newSubManager()) {
      CsrWeight weight = CsrWeight.of(torch, scope, whole);
      NDArray values = torch.tensors().copy(owner, weight.values());
      NDArray places =
          torch.tensors().copy(owner, torch.tensors().cast(scope, weight.columns(), DType.INT16));
      NDArray offsets =
          torch.tensors().copy(owner, torch.tensors().cast(scope, weight.offsets(), DType.INT64));
      ModuleNode module =
          new ModuleNode(MODULE)
              .with("values", values)
              .with("places", places)
              .with("offsets", offsets);
      return SparseLinears.of(
          NAME,
          module,
          weight,
          most,
          runtime,
          values.getShape().size() * (weight.type().bytes() + DType.INT16.bytes())
              + offsets.getShape().size() * DType.INT64.bytes(),
          kept,
          "with their columns");
    }
  }
}
