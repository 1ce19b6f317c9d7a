package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Products beside weights of any form: the bases by whichever kernels would run them alone, and
 * what the two small products make of the same input added to it.
 */
public final class AddedKernel implements Kernel {
  private static final InputScheme NONE = new PlainInput();
  private final Kernel products = new LowRankKernel();

  @Override
  public String name() {
    return "added";
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    return parts.stream().allMatch(AddedWeight.class::isInstance)
        && products.accepts(addends(parts), NONE, runtime);
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    List<RunnableLinear> bases =
        LinearPreparer.of(runtime)
            .prepare(
                owner,
                parts.stream().map(part -> ((AddedWeight) part).base()).toList(),
                Collections.nCopies(parts.size(), null),
                Collections.nCopies(parts.size(), input))
            .parts();
    RunnableLinear addend =
        products.prepare(owner, addends(parts), NONE, runtime).behind(input, owner, runtime);
    return new RunnableLinear(
        words(bases, RunnableLinear::kernel) + " + " + addend.kernel(),
        LinearModules.module("AddedLinear")
            .with("base", LinearModules.joined(bases))
            .with("addend", addend.module()),
        addend.outFeatures(),
        bases.stream().mapToLong(RunnableLinear::bytes).sum() + addend.bytes(),
        addend.simulated() || bases.stream().anyMatch(RunnableLinear::simulated),
        words(bases, RunnableLinear::form) + "; beside it " + addend.form(),
        bases.stream().flatMap(base -> base.rounding().stream()).findFirst());
  }

  private static List<StoredWeight> addends(List<StoredWeight> parts) {
    return parts.stream().<StoredWeight>map(part -> ((AddedWeight) part).addend()).toList();
  }

  private static String words(List<RunnableLinear> bases, Function<RunnableLinear, String> of) {
    return bases.stream().map(of).distinct().collect(Collectors.joining(", "));
  }
}
