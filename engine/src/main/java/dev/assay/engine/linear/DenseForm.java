package dev.assay.engine.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;

/** Weights run value by value; reordered for oneDNN in bfloat16 where the processor has that. */
final class DenseForm {
  private final TorchSession torch;
  private final DType dtype;
  private final CpuKernels cpu;
  private final ScriptModule kernels;

  DenseForm(TorchSession torch, DType dtype, CpuKernels cpu) {
    this.torch = torch;
    this.dtype = dtype;
    this.cpu = cpu;
    this.kernels = torch.script(WeightPreparer.class, "kernels.py");
  }

  /**
   * Prepares weights.
   *
   * @param borrowed whether a single weight of the right type may share its memory with the part,
   *     which then has to outlive it
   */
  RunnableWeight prepare(NDManager owner, List<StoredWeight> parts, boolean borrowed) {
    boolean simulated = !parts.stream().allMatch(DenseWeight.class::isInstance);
    String form = cpu.describe(dtype) + (simulated ? ", dequantised" : "");
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> values = new ArrayList<>();
      for (StoredWeight part : parts) {
        values.add(torch.tensors().cast(scope, part.dequantize(torch, scope), dtype));
      }
      boolean reorder = dtype == DType.BFLOAT16 && cpu.hasNarrowProducts();
      NDArray joined = joined(reorder ? scope : owner, values, borrowed);
      long bytes = joined.getShape().size() * dtype.bytes();
      NDArray weight = reorder ? kernels.call(owner, "prepack", joined) : joined;
      Kernel kernel = reorder ? Kernel.DENSE_PREPACKED : Kernel.DENSE;
      return new RunnableWeight(kernel, 0, WeightSlots.of(owner, weight), bytes, simulated, form);
    }
  }

  private NDArray joined(NDManager owner, List<NDArray> values, boolean borrowed) {
    if (borrowed && values.size() == 1) {
      return torch.tensors().cast(owner, values.get(0), dtype);
    }
    return torch.tensors().concatenate(owner, values, 0);
  }
}
