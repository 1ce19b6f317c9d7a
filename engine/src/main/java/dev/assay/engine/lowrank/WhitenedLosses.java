package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LossSurvey;
import java.util.List;

/**
 * Losses of SVD-LLM's products, of which one alone is tried in the model: the loss is taken to rise
 * as the squared error of the weight's outputs does, which the singular values that go tell of
 * every rank.
 *
 * @param factoring by second moments of inputs
 */
record WhitenedLosses(Factoring factoring) implements RankLosses {
  /** Share of all squares below which they are what arithmetic leaves of nothing. */
  private static final double NOTHING = 1e-9;

  @Override
  public List<Double> rises(
      LowRankSolver solver, NDManager scope, LossSurvey.Shown shown, Wanted wanted) {
    NDArray weight = shown.weight();
    List<Long> ranks = wanted.ranks();
    Factoring.Seen seen = Factoring.Seen.of(shown);
    long most = ranks.get(ranks.size() - 1);
    Factored factored = Factored.of(factoring, solver, scope, weight, seen, most);
    double[] squares =
        factored.note() == null
            ? solver.squares(weight, seen.told().hessian())
            : solver.squares(weight);
    double[] lost = new double[squares.length + 1];
    for (int rank = squares.length - 1; rank >= 0; rank--) {
      lost[rank] = lost[rank + 1] + squares[rank];
    }
    long tried = ranks.get(ranks.size() / 2);
    if (lost[(int) tried] <= NOTHING * lost[0]) {
      tried = ranks.get(0);
    }
    double known = lost[(int) tried];
    if (known <= NOTHING * lost[0]) {
      return ranks.stream().map(rank -> 0.0).toList();
    }
    double rise = wanted.rise(scope, factored, tried);
    return ranks.stream().map(rank -> rise * lost[Math.toIntExact(rank)] / known).toList();
  }
}
