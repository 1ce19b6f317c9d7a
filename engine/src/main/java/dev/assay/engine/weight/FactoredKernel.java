package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Products of two of any form as two linears, one behind the other, each by whichever kernel would
 * run it alone. Weights of one input that have one right factor, as those have that are stored in
 * one, share its product; those of one rank that have each their own get all of these at once.
 */
public final class FactoredKernel implements Kernel {
  private static final String NAME = "factors";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    return input instanceof PlainInput && parts.stream().allMatch(FactoredWeight.class::isInstance);
  }

  @Override
  public RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime) {
    FactoredWeight first = (FactoredWeight) parts.get(0);
    TorchSession torch = runtime.torch();
    if (!factored(parts).allMatch(other -> PartForm.same(torch, first.down(), other.down()))) {
      return apart(owner, factored(parts).toList(), runtime);
    }
    List<RunnableLinear> down = linears(owner, List.of(first.down()), runtime);
    List<RunnableLinear> up =
        linears(owner, factored(parts).map(FactoredWeight::up).toList(), runtime);
    return new RunnableLinear(
        kernel(down, up),
        LinearModules.module("LowRankLinear")
            .with("down", LinearModules.joined(down))
            .with("up", LinearModules.joined(up)),
        features(up),
        bytes(down, up),
        simulated(down, up),
        "two linears of rank %d: %s".formatted(first.rank(), forms(down, up)),
        rounding(down, up));
  }

  /** The right factors together, each left one behind its own. */
  private static RunnableLinear apart(
      NDManager owner, List<FactoredWeight> parts, KernelRuntime runtime) {
    List<RunnableLinear> down =
        linears(owner, parts.stream().map(FactoredWeight::down).toList(), runtime);
    List<RunnableLinear> ups =
        parts.stream()
            .flatMap(part -> linears(owner, List.of(part.up()), runtime).stream())
            .toList();
    return new RunnableLinear(
        kernel(down, ups),
        LinearModules.behind(
            LinearModules.joined(down),
            ups.stream().map(RunnableLinear::module).toList(),
            parts.stream().map(FactoredWeight::rank).toList()),
        features(ups),
        bytes(down, ups),
        simulated(down, ups),
        "%d times two linears of rank %s: %s"
            .formatted(parts.size(), ranks(parts), forms(down, ups)),
        rounding(down, ups));
  }

  /** Those of all, or the one that all have. */
  private static String ranks(List<FactoredWeight> parts) {
    return parts.stream()
        .map(FactoredWeight::rank)
        .distinct()
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  private static Stream<FactoredWeight> factored(List<StoredWeight> parts) {
    return parts.stream().map(FactoredWeight.class::cast);
  }

  /** Without their biases, which come behind the left factors. */
  private static List<RunnableLinear> linears(
      NDManager owner, List<StoredWeight> factors, KernelRuntime runtime) {
    return LinearPreparer.of(runtime)
        .prepare(owner, factors, Collections.nCopies(factors.size(), null))
        .parts();
  }

  private static Stream<RunnableLinear> all(List<RunnableLinear> down, List<RunnableLinear> up) {
    return Stream.concat(down.stream(), up.stream());
  }

  private static String kernel(List<RunnableLinear> down, List<RunnableLinear> up) {
    return all(down, up)
        .map(RunnableLinear::kernel)
        .distinct()
        .collect(Collectors.joining(", ", NAME + ": ", ""));
  }

  private static String forms(List<RunnableLinear> down, List<RunnableLinear> up) {
    return all(down, up).map(RunnableLinear::form).distinct().collect(Collectors.joining(", "));
  }

  private static long features(List<RunnableLinear> up) {
    return up.stream().mapToLong(RunnableLinear::outFeatures).sum();
  }

  private static long bytes(List<RunnableLinear> down, List<RunnableLinear> up) {
    return all(down, up).mapToLong(RunnableLinear::bytes).sum();
  }

  private static boolean simulated(List<RunnableLinear> down, List<RunnableLinear> up) {
    return all(down, up).anyMatch(RunnableLinear::simulated);
  }

  private static Optional<String> rounding(List<RunnableLinear> down, List<RunnableLinear> up) {
    return all(down, up).flatMap(each -> each.rounding().stream()).findFirst();
  }
}
