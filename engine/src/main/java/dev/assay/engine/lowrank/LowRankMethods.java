package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.Giving;
import dev.assay.engine.calibration.ShareOfModel;
import dev.assay.engine.calibration.Statistic;
import java.util.Set;
import java.util.function.Function;

/** What the stages do with their parameters. */
final class LowRankMethods {
  /** SVD-LLM's. */
  private static final Factoring WHITENED =
      (solver, owner, weight, seen, rank) ->
          solver.whitened(owner, weight, seen.told().hessian(), rank);

  private LowRankMethods() {}

  /** Of a share of the model, what it is of the linears is known once they are. */
  private static CompressionMethod of(
      double keep, KeepOf of, Function<KeptShare, CompressionMethod> method) {
    KeptShare share = new KeptShare(keep, of);
    return of == KeepOf.MODEL
        ? new ShareOfModel(
            method.apply(share), Giving.ALL, found -> method.apply(share.ofLinears(found)))
        : method.apply(share);
  }

  static CompressionMethod svd(SvdParameters parameters) {
    RankSearch search = parameters.search();
    return of(
        parameters.keep(),
        parameters.of(),
        share -> search == null ? plain(share) : searched(share, search));
  }

  private static CompressionMethod searched(KeptShare share, RankSearch search) {
    LowRankMethod method = plain(share);
    return new RankBudgetMethod(share.keep(), search, method, survey -> tried(method));
  }

  /** One whose ranks are each tried. */
  private static RankBudgetMethod.Ranked tried(LowRankMethod method) {
    return new RankBudgetMethod.Ranked(
        method,
        new TriedLosses(method.factoring()),
        (share, out, in) -> new KeptShare(share).rankInMultiples(out, in, 1));
  }

  private static LowRankMethod plain(KeptShare share) {
    return new LowRankMethod(
        share.parameters(),
        Set.of(),
        ranks(share, 1),
        (solver, owner, weight, seen, rank) -> solver.plain(owner, weight, rank));
  }

  private static LowRankMethod.Ranks ranks(KeptShare share, int rankMultiple) {
    return (layer, linears, out, in) -> share.rankInMultiples(out, in, rankMultiple);
  }

  static CompressionMethod fwsvd(FwsvdParameters parameters) {
    RankSearch search = parameters.search();
    return of(
        parameters.keep(),
        parameters.of(),
        share -> {
          FisherMethod method = fwsvd(share);
          return search == null
              ? method
              : new RankBudgetMethod(
                  share.keep(), search, method, survey -> tried(method.plan(survey)));
        });
  }

  private static FisherMethod fwsvd(KeptShare share) {
    return new FisherMethod(
        plain(share),
        information ->
            new LowRankMethod(
                share.parameters(),
                Set.of(),
                ranks(share, 1),
                new FisherFactoring(
                    information,
                    (solver, owner, weight, fisher, seen, rank) -> {
                      NDArray rows = fisher.rowWeights(owner, seen.layer(), seen.linears());
                      return solver.weighted(owner, weight, rows, rank);
                    })));
  }

  static CompressionMethod asvd(AsvdParameters parameters) {
    RankSearch search = parameters.search();
    return search != null
        ? new RankSearchMethod(parameters, search)
        : of(parameters.keep(), parameters.of(), share -> asvd(parameters, share));
  }

  private static CompressionMethod asvd(AsvdParameters parameters, KeptShare share) {
    double alpha = parameters.alpha();
    return switch (parameters.statistic()) {
      case MEAN ->
          asvd(
              parameters,
              share,
              Statistic.MEAN_MAGNITUDES,
              (solver, owner, seen) -> solver.scale(owner, seen.told().meanMagnitudes(), alpha));
      case GREATEST ->
          asvd(
              parameters,
              share,
              Statistic.GREATEST_MAGNITUDES,
              (solver, owner, seen) ->
                  solver.scale(owner, seen.told().greatestMagnitudes(), alpha));
      case FISHER ->
          felt(
              parameters,
              share,
              Set.of(),
              (solver, owner, seen, felt) -> solver.scale(owner, felt, alpha));
      case FISHER_MEAN ->
          felt(
              parameters,
              share,
              Set.of(Statistic.MEAN_MAGNITUDES),
              (solver, owner, seen, felt) ->
                  solver.scale(owner, felt.mul(seen.told().meanMagnitudes()), alpha));
    };
  }

  /** What inputs count by, float32 [in]. */
  private interface Scale {
    NDArray of(LowRankSolver solver, NDManager owner, Factoring.Seen seen);
  }

  private static LowRankMethod asvd(
      AsvdParameters parameters, KeptShare share, Statistic statistic, Scale scale) {
    return new LowRankMethod(
        share.parameters(),
        Set.of(statistic),
        ranks(share, parameters.rankMultiple()),
        (solver, owner, weight, seen, rank) ->
            solver.scaled(owner, weight, scale.of(solver, owner, seen), rank));
  }

  /** The same, given how far the loss feels each input, float32 [in]. */
  private interface FeltScale {
    NDArray of(LowRankSolver solver, NDManager owner, Factoring.Seen seen, NDArray felt);
  }

  private static FisherMethod felt(
      AsvdParameters parameters, KeptShare share, Set<Statistic> statistics, FeltScale scale) {
    double keep = share.parameters();
    LowRankMethod.Ranks ranks = ranks(share, parameters.rankMultiple());
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

  static CompressionMethod svdLlm(SvdLlmParameters parameters) {
    RankSearch search = parameters.search();
    return of(
        parameters.keep(),
        parameters.of(),
        share -> {
          LowRankMethod method = svdLlm(share, parameters.update());
          return search == null
              ? method
              : new RankBudgetMethod(
                  share.keep(),
                  search,
                  method,
                  survey ->
                      new RankBudgetMethod.Ranked(
                          method,
                          new WhitenedLosses(WHITENED),
                          (each, out, in) -> new KeptShare(each).rank(out, in)));
        });
  }

  private static LowRankMethod svdLlm(KeptShare share, boolean update) {
    LowRankMethod method =
        new LowRankMethod(
            share.parameters(),
            Set.of(Statistic.HESSIAN),
            (layer, linears, out, in) -> share.rank(out, in),
            WHITENED);
    return update
        ? method.behindCompressed(
            (solver, owner, weight, seen, rank) ->
                solver.updated(
                    owner,
                    weight,
                    WHITENED.factor(solver, owner, weight, seen, rank),
                    seen.toldBehind().hessian()))
        : method;
  }
}
