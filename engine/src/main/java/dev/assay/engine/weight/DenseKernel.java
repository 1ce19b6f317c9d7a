package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Multiplies value by value: few rows of inputs of 16 bits by an op of our own, more by libtorch's
 * product. Where that was found to be slower, or is not here, all by libtorch's, reordered for
 * oneDNN in bfloat16 where the processor has that; where it has and nobody has timed both, too.
 */
public final class DenseKernel implements Kernel {
  /** The name, in results and in {@link KernelChoices}, of the form in which our own op runs. */
  public static final String ROWS = "dense-rows";

  @Override
  public String name() {
    return "dense";
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    return input instanceof PlainInput;
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    return prepare(owner, parts, runtime, false);
  }

  /**
   * The same.
   *
   * @param borrowed whether a single weight of the right type may share its memory with the module,
   *     which then has to outlive it
   */
  RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, KernelRuntime runtime, boolean borrowed) {
    DType dtype = runtime.execution().dtype();
    boolean simulated = !parts.stream().allMatch(StoredWeight::isDense);
    String form = runtime.processor().describe(dtype) + (simulated ? ", dequantised" : "");
    if (runsByRows(runtime)) {
      return byRows(joined(owner, parts, runtime, false), runtime, simulated, form);
    }
    boolean reorder = runtime.processor().reorders();
    try (NDManager scope = owner.newSubManager()) {
      NDArray joined = joined(reorder ? scope : owner, parts, runtime, borrowed);
      long rows = joined.getShape().get(0);
      long bytes = joined.getShape().size() * dtype.bytes();
      ModuleNode module =
          reorder
              ? LinearModules.module("PrepackedLinear")
                  .with("weight", PackingScripts.of(runtime).call(owner, "prepack", joined))
              : plain(joined, runtime);
      return new RunnableLinear(
          reorder ? "dense-prepacked" : name(), module, rows, bytes, simulated, form);
    }
  }

  private boolean runsByRows(KernelRuntime runtime) {
    Execution execution = runtime.execution();
    return execution.packed()
        && runtime.dtype() != DType.FLOAT32
        && runtime.processor().hasOps()
        && execution
            .choices()
            .kernel(runtime.dtype())
            .map(ROWS::equals)
            .orElse(!runtime.processor().reorders());
  }

  private static RunnableLinear byRows(
      NDArray joined, KernelRuntime runtime, boolean simulated, String form) {
    long most = runtime.denseRows();
    ModuleNode module =
        LinearModules.module("dense_rows", "DenseRowsLinear")
            .with("weight", joined)
            .with("rows", joined.getShape().get(0))
            .with("columns", joined.getShape().get(1))
            .with("threads", runtime.torch().threads())
            .with("most_rows", most)
            .with("narrow_rows", runtime.processor().narrowRows());
    return new RunnableLinear(
        ROWS,
        module,
        joined.getShape().get(0),
        joined.getShape().size() * runtime.dtype().bytes(),
        simulated,
        form + ", up to " + most + " rows by an op of our own");
  }

  private static ModuleNode plain(NDArray weight, KernelRuntime runtime) {
    if (runtime.processor().hasNarrowProducts()) {
      return LinearModules.dense(weight);
    }
    return LinearModules.module("WidenedLinear")
        .with("weight", weight)
        .with("narrow_rows", runtime.processor().narrowRows());
  }

  private static NDArray joined(
      NDManager owner, List<StoredWeight> parts, KernelRuntime runtime, boolean borrowed) {
    DType dtype = runtime.execution().dtype();
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> values = new ArrayList<>();
      for (StoredWeight part : parts) {
        NDArray dequantized = part.dequantize(runtime.torch(), scope);
        values.add(runtime.torch().tensors().cast(scope, dequantized, dtype));
      }
      return borrowed && values.size() == 1
          ? runtime.torch().tensors().cast(owner, values.get(0), dtype)
          : runtime.torch().tensors().concatenate(owner, values, 0);
    }
  }
}
