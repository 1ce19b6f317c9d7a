package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.weight.LowRankWeight;
import java.util.Optional;

/** A factoring that goes by what the loss feels. */
record FisherFactoring(FisherInformation information, By by) implements Factoring {
  /** How it goes by that. */
  interface By {
    LowRankWeight factor(
        LowRankSolver solver,
        NDManager owner,
        NDArray weight,
        FisherInformation information,
        Seen seen,
        long rank);
  }

  @Override
  public LowRankWeight factor(
      LowRankSolver solver, NDManager owner, NDArray weight, Seen seen, long rank) {
    return by.factor(solver, owner, weight, information, seen, rank);
  }

  @Override
  public Optional<String> lack(Seen seen) {
    return information.isSilent(seen.layer(), seen.linears())
        ? Optional.of("the loss does not feel it")
        : Factoring.super.lack(seen);
  }
}
