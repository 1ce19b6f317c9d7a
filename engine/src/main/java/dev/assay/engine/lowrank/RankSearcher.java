package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.LossSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.weight.LowRankWeight;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tries each weight of a model at some shares of its parameters. */
record RankSearcher(AsvdParameters parameters, RankSearch search) {
  /** What is to be known of inputs. */
  Set<Statistic> statistics() {
    return Set.of(
        parameters.statistic() == AsvdParameters.Magnitudes.MEAN
            ? Statistic.MEAN_MAGNITUDES
            : Statistic.GREATEST_MAGNITUDES);
  }

  /**
   * The weights with what they cost, in the published order: the head, then layers from the last to
   * the first, of each the feed-forward before the attention.
   */
  List<TriedWeight> tried(LossSurvey survey) {
    LowRankSolver solver = new LowRankSolver(survey.torch());
    List<TriedWeight> tried = new ArrayList<>();
    survey.look(
        statistics(), (scope, shown, trial) -> tried.add(tried(solver, scope, shown, trial)));
    tried.sort(
        Comparator.comparing((TriedWeight each) -> each.layer() != LinearOutcome.BESIDE)
            .thenComparing(Comparator.comparingInt(TriedWeight::layer).reversed())
            .thenComparing(each -> !each.isFeed()));
    return tried;
  }

  private TriedWeight tried(
      LowRankSolver solver, NDManager scope, LossSurvey.Shown shown, LossSurvey.Trial trial) {
    long out = shown.weight().getShape().get(0);
    long in = shown.weight().getShape().get(1);
    Optional<String> lack = shown.told().tooFew();
    NDArray scale = lack.isPresent() ? scope.ones(new Shape(in)) : scale(solver, scope, shown);
    List<Double> shares = search.shares();
    // Factors of fewer ranks are the first of those of more.
    long most = rank(shares.get(shares.size() - 1), out, in);
    LowRankWeight factors = solver.scaled(scope, shown.weight(), scale, most);
    List<Double> perplexities = new ArrayList<>();
    for (double share : shares) {
      try (NDManager own = scope.newSubManager()) {
        NDArray product = LowRankSolver.product(own, factors, rank(share, out, in));
        perplexities.add(Math.exp(trial.loss(product)));
      }
    }
    List<Float> counts = new ArrayList<>();
    for (float each : scale.toFloatArray()) {
      counts.add(each);
    }
    return new TriedWeight(
        shown.layer(), shown.linears(), shown.isFeed(), out, in, counts, lack, perplexities);
  }

  private NDArray scale(LowRankSolver solver, NDManager scope, LossSurvey.Shown shown) {
    NDArray magnitudes =
        parameters.statistic() == AsvdParameters.Magnitudes.MEAN
            ? shown.told().meanMagnitudes()
            : shown.told().greatestMagnitudes();
    return solver.scale(scope, magnitudes, parameters.alpha());
  }

  /** That a share comes to, at most what the weight can have. */
  long rank(double share, long out, long in) {
    return Math.min(
        new KeptShare(share).rankInMultiples(out, in, parameters.rankMultiple()),
        Math.min(out, in));
  }
}
