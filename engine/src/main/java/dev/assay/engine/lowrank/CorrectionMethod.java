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
import dev.assay.engine.weight.AddedWeight;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts a product of two beside each linear that a stage before has rounded: the nearest to the
 * difference, by what inputs tell. Linears that are stored in one weight are corrected as one.
 */
final class CorrectionMethod implements LayerwiseMethod {
  private final int rank;
  private final Set<Statistic> statistics;
  private final Propagation propagation;
  private final Correction correction;

  /** How a difference becomes a product. */
  private interface Correction {
    LowRankWeight of(
        CorrectionSolver solver, NDManager owner, NDArray error, GroupStatistics statistics);
  }

  private CorrectionMethod(
      int rank, Set<Statistic> statistics, Propagation propagation, Correction correction) {
    this.rank = rank;
    this.statistics = Set.copyOf(statistics);
    this.propagation = propagation;
    this.correction = correction;
  }

  static CorrectionMethod lqer(LqerParameters parameters) {
    int rank = parameters.rank();
    return parameters.scaled()
        ? new CorrectionMethod(
            rank,
            Set.of(Statistic.GREATEST_MEANS),
            Propagation.ORIGINAL,
            (solver, owner, error, told) ->
                solver.scaled(owner, error, solver.scale(owner, told.greatestMeans()), rank))
        : new CorrectionMethod(
            rank,
            Set.of(),
            Propagation.ORIGINAL,
            (solver, owner, error, told) -> solver.plain(owner, error, rank));
  }

  static CorrectionMethod eora(EoraParameters parameters) {
    int rank = parameters.rank();
    boolean even = parameters.samples() == EoraParameters.Samples.EVEN;
    return new CorrectionMethod(
        rank,
        Set.of(even ? Statistic.HESSIAN : Statistic.FADING_MOMENTS),
        Propagation.COMPRESSED,
        (solver, owner, error, told) ->
            solver.projected(owner, error, even ? told.hessian() : told.fadingMoments(), rank));
  }

  @Override
  public Set<Statistic> statistics() {
    return statistics;
  }

  @Override
  public Propagation propagation() {
    return propagation;
  }

  @Override
  public Optional<String> ownOnly() {
    return Optional.of(
        "products of a low rank stand beside the weights, for which no published layout has words");
  }

  @Override
  public boolean corrects() {
    return true;
  }

  /** Those of a factoring, and the weight that is corrected. */
  @Override
  public int copies() {
    return 16;
  }

  @Override
  public Optional<String> misfit(long out, long in) {
    return LowRankSolver.misfit(rank, out, in);
  }

  @Override
  public void compress(LayerContext layer) {
    for (LinearGroup group : layer.layout().groups()) {
      for (List<String> linears : layer.layout().storedTogether(group)) {
        if (linears.stream().anyMatch(linear -> layer.rounded(linear).isDense())) {
          leave(layer, linears);
        } else {
          correct(layer, group, linears);
        }
      }
    }
  }

  /** The stage that was to round it has not. */
  private static void leave(LayerContext layer, List<String> linears) {
    layer.substitute(
        linears,
        new Substitution("corrected", "left as it is", "it was not rounded, so nothing is lost"));
    linears.forEach(linear -> layer.store(linear, layer.rounded(linear), null));
  }

  private void correct(LayerContext layer, LinearGroup group, List<String> linears) {
    try (NDManager scope = layer.scope().newSubManager()) {
      Corrected corrected = corrected(layer, group, error(layer, scope, linears), scope);
      LowRankWeight product =
          corrected.product().narrowed(layer.torch(), scope, layer.storedType(linears.get(0)));
      long from = 0;
      for (String linear : linears) {
        StoredWeight rounded = layer.rounded(linear);
        long to = from + rounded.outFeatures();
        long[] rows = LongStream.range(from, to).toArray();
        layer.store(
            linear,
            new AddedWeight(rounded, product.rows(layer.torch(), layer.scope(), rows)),
            corrected.note());
        from = to;
      }
    }
  }

  /** What rounding has taken, float32 [out of all, in]. */
  private static NDArray error(LayerContext layer, NDManager scope, List<String> linears) {
    List<NDArray> values =
        linears.stream()
            .map(linear -> layer.rounded(linear).dequantize(layer.torch(), scope))
            .toList();
    NDArray error =
        layer.weights(scope, linears).sub(layer.torch().tensors().concatenate(scope, values, 0));
    error.attach(scope);
    return error;
  }

  /**
   * A product, and why inputs count alike for it, if they do.
   *
   * @param note null where they count as the method wants it
   */
  private record Corrected(LowRankWeight product, @Nullable String note) {}

  private Corrected corrected(
      LayerContext layer, LinearGroup group, NDArray error, NDManager scope) {
    CorrectionSolver solver = new CorrectionSolver(layer.torch());
    if (statistics.isEmpty()) {
      return new Corrected(solver.plain(scope, error, rank), null);
    }
    GroupStatistics told = layer.statistics(group);
    Optional<String> tooFew = told.tooFew();
    if (tooFew.isEmpty()) {
      try {
        return new Corrected(correction.of(solver, scope, error, told), null);
      } catch (NonFiniteValueException e) {
        tooFew = Optional.of(String.valueOf(e.getMessage()));
      }
    }
    return new Corrected(
        solver.plain(scope, error, rank),
        "corrected with inputs that count alike: " + tooFew.get());
  }
}
