package dev.assay.engine.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Optional;

/**
 * Weights packed for libtorch's int8 weight-only kernel: w = s · (q − 128) + s · (128 − zero), the
 * second term a correction by the sum of the inputs where the grid is asymmetric.
 */
final class Int8Form {
  private final TorchSession torch;
  private final DType dtype;
  private final ScriptModule kernels;

  Int8Form(TorchSession torch, DType dtype) {
    this.torch = torch;
    this.dtype = dtype;
    this.kernels = torch.script(WeightPreparer.class, "kernels.py");
  }

  /** The packed form, or nothing where there is more than one group a row. */
  Optional<RunnableWeight> prepare(NDManager owner, List<QuantizedWeight> weights) {
    if (weights.get(0).grid().groups(weights.get(0).inFeatures()) != 1) {
      return Optional.empty();
    }
    boolean symmetric = weights.stream().allMatch(weight -> weight.grid().symmetric());
    try (NDManager scope = owner.newSubManager()) {
      JoinedGrid grid = JoinedGrid.of(torch, scope, weights);
      NDArray codes = kernels.call(owner, "int8_codes", grid.codes());
      NDArray scales = kernels.call(owner, "int8_scales", grid.scales(), dtype.scriptCode());
      NDArray offset =
          symmetric
              ? WeightSlots.empty(owner)
              : kernels.call(owner, "int8_offset", grid.scales(), grid.zeros(), dtype.scriptCode());
      long bytes =
          codes.getShape().size()
              + (scales.getShape().size() + offset.getShape().size()) * dtype.bytes();
      return Optional.of(
          new RunnableWeight(
              Kernel.INT8_PACKED,
              0,
              WeightSlots.of(
                  codes, scales, offset, WeightSlots.noOrder(owner), WeightSlots.empty(owner)),
              bytes,
              false,
              "int8 packed, per channel, " + dtype.label() + " activations"));
    }
  }
}
