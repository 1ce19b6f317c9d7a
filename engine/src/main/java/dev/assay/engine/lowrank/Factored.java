package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.quantize.NonFiniteValueException;
import dev.assay.engine.weight.LowRankWeight;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Factors, and why all counts alike for them, if it does.
 *
 * @param note null where inputs and outputs count as the method wants it
 */
record Factored(LowRankWeight factors, @Nullable String note) {
  /** Those of a weight; of one of which too little is known, the nearest matrix's. */
  static Factored of(
      Factoring factoring,
      LowRankSolver solver,
      NDManager owner,
      NDArray weight,
      Factoring.Seen seen,
      long rank) {
    Optional<String> lack = factoring.lack(seen);
    if (lack.isEmpty()) {
      try {
        return new Factored(factoring.factor(solver, owner, weight, seen, rank), null);
      } catch (NonFiniteValueException e) {
        lack = Optional.of(String.valueOf(e.getMessage()));
      }
    }
    return new Factored(
        solver.plain(owner, weight, rank), "factored as if all counted alike: " + lack.get());
  }
}
