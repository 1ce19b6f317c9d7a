package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.NonFiniteValueException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.LowRankWeight;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes a factoring through the linears of a layer, by what the uncompressed model's inputs tell.
 * Linears that are stored in one weight are factored as one.
 */
final class LowRankMethod implements LayerwiseMethod {
  private final double keep;
  private final Set<Statistic> statistics;
  private final Ranks ranks;
  private final Factoring factoring;

  /** How many factors a linear gets. */
  interface Ranks {
    long of(long out, long in);
  }

  /** How a weight is factored. */
  interface Factoring {
    LowRankWeight factor(
        LowRankSolver solver,
        NDManager owner,
        NDArray weight,
        GroupStatistics statistics,
        long rank);
  }

  private LowRankMethod(double keep, Set<Statistic> statistics, Ranks ranks, Factoring factoring) {
    this.keep = keep;
    this.statistics = Set.copyOf(statistics);
    this.ranks = ranks;
    this.factoring = factoring;
  }

  static LowRankMethod svd(SvdParameters parameters) {
    KeptShare share = new KeptShare(parameters.keep());
    return new LowRankMethod(
        parameters.keep(),
        Set.of(),
        (out, in) -> share.rankInMultiples(out, in, 1),
        (solver, owner, weight, told, rank) -> solver.plain(owner, weight, rank));
  }

  static LowRankMethod asvd(AsvdParameters parameters) {
    KeptShare share = new KeptShare(parameters.keep());
    boolean isMean = parameters.statistic() == AsvdParameters.Magnitudes.MEAN;
    return new LowRankMethod(
        parameters.keep(),
        Set.of(isMean ? Statistic.MEAN_MAGNITUDES : Statistic.GREATEST_MAGNITUDES),
        (out, in) -> share.rankInMultiples(out, in, parameters.rankMultiple()),
        (solver, owner, weight, told, rank) -> {
          NDArray magnitudes = isMean ? told.meanMagnitudes() : told.greatestMagnitudes();
          NDArray scale = solver.scale(owner, magnitudes, parameters.alpha());
          return solver.scaled(owner, weight, scale, rank);
        });
  }

  static LowRankMethod svdLlm(SvdLlmParameters parameters) {
    KeptShare share = new KeptShare(parameters.keep());
    return new LowRankMethod(
        parameters.keep(),
        Set.of(Statistic.HESSIAN),
        share::rank,
        (solver, owner, weight, told, rank) ->
            solver.whitened(owner, weight, told.hessian(), rank));
  }

  @Override
  public Set<Statistic> statistics() {
    return statistics;
  }

  /** Float64 of the weight, of products with it, of vectors and of what finding them takes. */
  @Override
  public int copies() {
    return 14;
  }

  @Override
  public boolean factors() {
    return true;
  }

  @Override
  public Propagation propagation() {
    return Propagation.ORIGINAL;
  }

  @Override
  public double storedBits(DType source) {
    return keep * storedType(source).bytes() * Byte.SIZE;
  }

  @Override
  public void compress(LayerContext layer) {
    for (LinearGroup group : layer.layout().groups()) {
      for (List<String> linears : layer.layout().storedTogether(group)) {
        try (NDManager scope = layer.scope().newSubManager()) {
          NDArray weight = layer.weights(scope, linears);
          long out = weight.getShape().get(0);
          long in = weight.getShape().get(1);
          long rank = ranks.of(out, in);
          if (rank * (out + in) >= out * in) {
            layer.substitute(
                linears,
                new Substitution(
                    "factored", "left as it is", "rank %d saves nothing".formatted(rank)));
            layer.storeDense(linears, weight, null);
            continue;
          }
          Factored factored = factor(layer, group, scope, weight, rank);
          LowRankWeight stored =
              stored(layer, scope, factored.factors(), layer.storedType(linears.get(0)));
          layer.store(linears, stored, factored.note());
        }
      }
    }
  }

  /**
   * Factors, and why inputs count alike for them, if they do.
   *
   * @param note null where they count as the method wants it
   */
  private record Factored(LowRankWeight factors, @Nullable String note) {}

  private Factored factor(
      LayerContext layer, LinearGroup group, NDManager scope, NDArray weight, long rank) {
    LowRankSolver solver = new LowRankSolver(layer.torch());
    if (statistics.isEmpty()) {
      return new Factored(solver.plain(scope, weight, rank), null);
    }
    GroupStatistics told = layer.statistics(group);
    Optional<String> tooFew = told.tooFew();
    if (tooFew.isEmpty()) {
      try {
        return new Factored(factoring.factor(solver, scope, weight, told, rank), null);
      } catch (NonFiniteValueException e) {
        tooFew = Optional.of(String.valueOf(e.getMessage()));
      }
    }
    return new Factored(
        solver.plain(scope, weight, rank),
        "factored with inputs that count alike: " + tooFew.get());
  }

  /** In the type of the artifact, or in float32 where that does not hold them. */
  private static LowRankWeight stored(
      LayerContext layer, NDManager scope, LowRankWeight factors, DType type) {
    LowRankWeight narrow = factors.in(layer.torch(), scope, type);
    return narrow.isFinite(layer.torch()) ? narrow : factors;
  }
}
