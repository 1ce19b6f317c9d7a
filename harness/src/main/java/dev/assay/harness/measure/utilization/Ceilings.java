package dev.assay.harness.measure.utilization;

import dev.assay.leaderboard.result.Ceiling;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The ceilings that a model is held against: the documented peak and memory bandwidth, and the
 * measured matrix product and reading.
 *
 * @param all documented and measured
 */
record Ceilings(List<Ceiling> all) {
  Ceilings {
    all = List.copyOf(all);
  }

  Optional<Ceiling> documentedCompute(String dtype) {
    return named("peak").stream().filter(each -> each.dtype().equals(dtype)).findFirst();
  }

  Optional<Ceiling> measuredCompute(String dtype) {
    return named("gemm").stream().filter(each -> each.dtype().equals(dtype)).findFirst();
  }

  Optional<Ceiling> documentedBandwidth() {
    return named("dram").stream().findFirst();
  }

  /** Reading from memory. */
  Optional<Ceiling> measuredBandwidth() {
    return named("read").stream().findFirst();
  }

  /** Reading a working set as large as the model, which a cache may hold; the faster of both. */
  Optional<Ceiling> fastestRead() {
    List<Ceiling> both =
        all.stream()
            .filter(each -> each.name().equals("read") || each.name().equals("read-cache"))
            .toList();
    // Where the slower one was disturbed, it may be the faster one in truth.
    Optional<Ceiling> disturbed = both.stream().filter(each -> each.disturbed() != null).findAny();
    return both.stream()
        .max(Comparator.comparingDouble(Ceiling::value))
        .map(
            each ->
                each.disturbed() != null || disturbed.isEmpty()
                    ? each
                    : each.taken(
                        disturbed.get().name() + ": " + disturbed.get().disturbed(),
                        each.conditions()));
  }

  private List<Ceiling> named(String name) {
    return all.stream().filter(each -> each.name().equals(name)).toList();
  }
}
