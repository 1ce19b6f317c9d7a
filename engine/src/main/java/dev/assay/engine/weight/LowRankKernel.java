package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.stream.Stream;

/**
 * Products of two as two linears, one behind the other. Weights of one input that have one right
 * factor, as those have that are stored in one, share its product.
 */
public final class LowRankKernel implements Kernel {
  @Override
  public String name() {
    return "low-rank";
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    if (!(input instanceof PlainInput)
        || !parts.stream().allMatch(LowRankWeight.class::isInstance)) {
      return false;
    }
    LowRankWeight first = (LowRankWeight) parts.get(0);
    return factored(parts)
        .skip(1)
        .allMatch(
            other ->
                other.type() == first.type()
                    && other.rank() == first.rank()
                    && WeightRows.same(runtime.torch(), first.down(), other.down()));
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    LowRankWeight first = (LowRankWeight) parts.get(0);
    TorchSession torch = runtime.torch();
    try (NDManager scope = owner.newSubManager()) {
      NDArray joined =
          torch.tensors().concatenate(scope, factored(parts).map(LowRankWeight::up).toList(), 0);
      RunnableLinear down = dense(owner, first.down(), first, runtime);
      RunnableLinear up = dense(owner, joined, first, runtime);
      return new RunnableLinear(
          name(),
          LinearModules.module("LowRankLinear").with("down", down.module()).with("up", up.module()),
          up.outFeatures(),
          down.bytes() + up.bytes(),
          false,
          "two linears of rank %d, %s: %s".formatted(first.rank(), up.kernel(), up.form()));
    }
  }

  private static Stream<LowRankWeight> factored(List<StoredWeight> parts) {
    return parts.stream().map(LowRankWeight.class::cast);
  }

  private static RunnableLinear dense(
      NDManager owner, NDArray values, LowRankWeight of, KernelRuntime runtime) {
    return new DenseKernel()
        .prepare(owner, List.of(new DenseWeight(values, of.type())), new PlainInput(), runtime);
  }
}
