package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LossSurvey;
import java.util.List;

/** Losses with the product of each rank tried in the model, by a method's own factors. */
record TriedLosses(Factoring factoring) implements RankLosses {
  @Override
  public List<Double> rises(
      LowRankSolver solver, NDManager scope, LossSurvey.Shown shown, Wanted wanted) {
    // Factors of fewer ranks are the first of those of more.
    long most = wanted.ranks().get(wanted.ranks().size() - 1);
    Factored factored =
        Factored.of(factoring, solver, scope, shown.weight(), Factoring.Seen.of(shown), most);
    return wanted.ranks().stream().map(rank -> wanted.rise(scope, factored, rank)).toList();
  }
}
