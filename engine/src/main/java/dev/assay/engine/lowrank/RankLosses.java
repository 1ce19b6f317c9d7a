package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LossSurvey;
import java.util.List;

/** What a weight costs the loss as a product of some ranks. */
@FunctionalInterface
interface RankLosses {
  /**
   * What the loss rises by, nats a token, for each rank.
   *
   * @param scope owner of what is made meanwhile
   * @param shown the weight
   * @param wanted the ranks
   */
  List<Double> rises(LowRankSolver solver, NDManager scope, LossSurvey.Shown shown, Wanted wanted);

  /**
   * What is to be known.
   *
   * @param ranks rising
   * @param trial says the loss with another weight
   * @param whole the loss with the weight as it is
   */
  record Wanted(List<Long> ranks, LossSurvey.Trial trial, double whole) {
    public Wanted {
      ranks = List.copyOf(ranks);
    }

    /** What the loss rises by with a product of the first of some factors. */
    double rise(NDManager scope, Factored factored, long rank) {
      try (NDManager own = scope.newSubManager()) {
        return trial.loss(LowRankSolver.product(own, factored.factors(), rank)) - whole;
      }
    }
  }
}
