package dev.assay.engine.lowrank;

import dev.assay.engine.calibration.LossSurvey;
import dev.assay.engine.calibration.Statistic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds what each weight of a model costs the loss as a product of two.
 *
 * @param shares of its parameters that are looked at, rising
 * @param rule from a share to a rank
 * @param losses how they are found
 */
record RankTrials(List<Double> shares, Rule rule, RankLosses losses) {
  RankTrials {
    shares = List.copyOf(shares);
  }

  /** The rank of a share of a weight's parameters. */
  @FunctionalInterface
  interface Rule {
    long rank(double share, long out, long in);
  }

  /**
   * Those of all weights that the stage works on.
   *
   * @param wanted what is to be known of inputs
   */
  List<WeightLosses> of(LossSurvey survey, Set<Statistic> wanted) {
    LowRankSolver solver = new LowRankSolver(survey.torch());
    List<WeightLosses> found = new ArrayList<>();
    double[] whole = {Double.NaN};
    survey.look(
        wanted,
        (scope, shown, trial) -> {
          if (Double.isNaN(whole[0])) {
            whole[0] = trial.loss(shown.weight());
          }
          long out = shown.weight().getShape().get(0);
          long in = shown.weight().getShape().get(1);
          List<Long> ranks = shares.stream().map(share -> rule.rank(share, out, in)).toList();
          List<Double> rises =
              losses.rises(solver, scope, shown, new RankLosses.Wanted(ranks, trial, whole[0]));
          found.add(new WeightLosses(shown.layer(), shown.linears(), out, in, rises));
        });
    return found;
  }
}
