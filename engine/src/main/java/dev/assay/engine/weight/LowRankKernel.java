package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Products of two as two linears, one behind the other. Weights of one input that have one right
 * factor, as those have that are stored in one, share its product; those that have each their own
 * get all of these products at once.
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
    DType type = ((LowRankWeight) parts.get(0)).type();
    return factored(parts).allMatch(other -> other.type() == type);
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    LowRankWeight first = (LowRankWeight) parts.get(0);
    TorchSession torch = runtime.torch();
    if (!factored(parts).allMatch(other -> WeightRows.same(torch, first.down(), other.down()))) {
      return apart(owner, factored(parts).toList(), runtime);
    }
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

  /** The right factors as one, each left one behind its own. */
  private RunnableLinear apart(NDManager owner, List<LowRankWeight> parts, KernelRuntime runtime) {
    LowRankWeight first = parts.get(0);
    try (NDManager scope = owner.newSubManager()) {
      NDArray joined =
          runtime
              .torch()
              .tensors()
              .concatenate(scope, parts.stream().map(LowRankWeight::down).toList(), 0);
      RunnableLinear down = dense(owner, joined, first, runtime);
      List<RunnableLinear> ups =
          parts.stream().map(part -> dense(owner, part.up(), part, runtime)).toList();
      return new RunnableLinear(
          name(),
          LinearModules.behind(
              down.module(),
              ups.stream().map(RunnableLinear::module).toList(),
              parts.stream().map(LowRankWeight::rank).toList()),
          ups.stream().mapToLong(RunnableLinear::outFeatures).sum(),
          down.bytes() + ups.stream().mapToLong(RunnableLinear::bytes).sum(),
          false,
          "%d times two linears of rank %s, %s: %s"
              .formatted(parts.size(), ranks(parts), down.kernel(), down.form()));
    }
  }

  /** Those of all, or the one that all have. */
  private static String ranks(List<LowRankWeight> parts) {
    return parts.stream()
        .map(LowRankWeight::rank)
        .distinct()
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
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
