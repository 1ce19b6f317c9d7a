package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.Statistic;
import java.util.Set;

/** What the stages do with their parameters. */
final class LowRankMethods {
  private LowRankMethods() {}

  static LowRankMethod svd(SvdParameters parameters) {
    return plain(parameters.keep(), 1);
  }

  private static LowRankMethod plain(double keep, int rankMultiple) {
    return new LowRankMethod(
        keep,
        Set.of(),
        ranks(keep, rankMultiple),
        (solver, owner, weight, seen, rank) -> solver.plain(owner, weight, rank));
  }

  private static LowRankMethod.Ranks ranks(double keep, int rankMultiple) {
    KeptShare share = new KeptShare(keep);
    return (layer, linears, out, in) -> share.rankInMultiples(out, in, rankMultiple);
  }

  static CompressionMethod fwsvd(FwsvdParameters parameters) {
    double keep = parameters.keep();
    return new FisherMethod(
        plain(keep, 1),
        information ->
            new LowRankMethod(
                keep,
                Set.of(),
                ranks(keep, 1),
                new FisherFactoring(
                    information,
                    (solver, owner, weight, fisher, seen, rank) -> {
                      NDArray rows = fisher.rowWeights(owner, seen.layer(), seen.linears());
                      return solver.weighted(owner, weight, rows, rank);
                    })));
  }

  static CompressionMethod asvd(AsvdParameters parameters) {
    double alpha = parameters.alpha();
    RankSearch search = parameters.search();
    if (search != null) {
      return new RankSearchMethod(parameters, search);
    }
    return switch (parameters.statistic()) {
      case MEAN ->
          asvd(
              parameters,
              Statistic.MEAN_MAGNITUDES,
              (solver, owner, seen) -> solver.scale(owner, seen.told().meanMagnitudes(), alpha));
      case GREATEST ->
          asvd(
              parameters,
              Statistic.GREATEST_MAGNITUDES,
              (solver, owner, seen) ->
                  solver.scale(owner, seen.told().greatestMagnitudes(), alpha));
      case FISHER ->
          felt(
              parameters,
              Set.of(),
              (solver, owner, seen, felt) -> solver.scale(owner, felt, alpha));
      case FISHER_MEAN ->
          felt(
              parameters,
              Set.of(Statistic.MEAN_MAGNITUDES),
              (solver, owner, seen, felt) ->
                  solver.scale(owner, felt.mul(seen.told().meanMagnitudes()), alpha));
    };
  }

  /** What inputs count by, float32 [in]. */
  private interface Scale {
    NDArray of(LowRankSolver solver, NDManager owner, Factoring.Seen seen);
  }

  private static LowRankMethod asvd(AsvdParameters parameters, Statistic statistic, Scale scale) {
    return new LowRankMethod(
        parameters.keep(),
        Set.of(statistic),
        ranks(parameters.keep(), parameters.rankMultiple()),
        (solver, owner, weight, seen, rank) ->
            solver.scaled(owner, weight, scale.of(solver, owner, seen), rank));
  }

  /** The same, given how far the loss feels each input, float32 [in]. */
  private interface FeltScale {
    NDArray of(LowRankSolver solver, NDManager owner, Factoring.Seen seen, NDArray felt);
  }

  private static FisherMethod felt(
      AsvdParameters parameters, Set<Statistic> statistics, FeltScale scale) {
    double keep = parameters.keep();
    LowRankMethod.Ranks ranks = ranks(keep, parameters.rankMultiple());
    FisherFactoring.By by =
        (solver, owner, weight, fisher, seen, rank) -> {
          NDArray felt = fisher.columnMeans(owner, seen.layer(), seen.linears());
          return solver.scaled(owner, weight, scale.of(solver, owner, seen, felt), rank);
        };
    return new FisherMethod(
        new LowRankMethod(
            keep,
            statistics,
            ranks,
            (solver, owner, weight, seen, rank) -> solver.plain(owner, weight, rank)),
        information ->
            new LowRankMethod(keep, statistics, ranks, new FisherFactoring(information, by)));
  }

  static LowRankMethod svdLlm(SvdLlmParameters parameters) {
    Factoring whitened =
        (solver, owner, weight, seen, rank) ->
            solver.whitened(owner, weight, seen.told().hessian(), rank);
    LowRankMethod method =
        new LowRankMethod(
            parameters.keep(),
            Set.of(Statistic.HESSIAN),
            (layer, linears, out, in) -> new KeptShare(parameters.keep()).rank(out, in),
            whitened);
    return parameters.update()
        ? method.behindCompressed(
            (solver, owner, weight, seen, rank) ->
                solver.updated(
                    owner,
                    weight,
                    whitened.factor(solver, owner, weight, seen, rank),
                    seen.toldBehind().hessian()))
        : method;
  }
}
