package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.HeadFactoring;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.lowrank.Factoring.Seen;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
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
  /** Float64 of the weight, of products with it, of vectors and of what finding them takes. */
  static final int COPIES = 14;

  /** Why no other tool loads them. */
  static final String OWN =
      "linears are products of two, for which no family's configuration has words";

  private final double keep;
  private final Set<Statistic> statistics;
  private final Ranks ranks;
  private final Factoring factoring;
  private final Propagation propagation;
  private final @Nullable HeadFactoring head;

  /** How many factors a weight gets. */
  interface Ranks {
    /**
     * The number; 0 where it is to stay whole.
     *
     * @param layer position of its layer in the model
     * @param linears that are stored in it
     */
    long of(int layer, List<String> linears, long out, long in);
  }

  /**
   * @param keep share of the linears' parameters that stays, roughly
   * @param statistics what the factoring wants to know of inputs
   */
  LowRankMethod(double keep, Set<Statistic> statistics, Ranks ranks, Factoring factoring) {
    this(keep, statistics, ranks, factoring, Propagation.ORIGINAL, null);
  }

  /** One of ranks that were searched, the head's too. */
  static LowRankMethod of(double keep, SearchedRanks searched) {
    return new LowRankMethod(keep, Set.of(), searched, searched, Propagation.ORIGINAL, searched);
  }

  private LowRankMethod(
      double keep,
      Set<Statistic> statistics,
      Ranks ranks,
      Factoring factoring,
      Propagation propagation,
      @Nullable HeadFactoring head) {
    this.keep = keep;
    this.statistics = Set.copyOf(statistics);
    this.ranks = ranks;
    this.factoring = factoring;
    this.propagation = propagation;
    this.head = head;
  }

  /** The same with other ranks. */
  LowRankMethod with(Ranks other) {
    return new LowRankMethod(keep, statistics, other, factoring, propagation, head);
  }

  /** How weights are factored. */
  Factoring factoring() {
    return factoring;
  }

  /** The same with a factoring that sees inputs behind compressed layers too. */
  LowRankMethod behindCompressed(Factoring other) {
    return new LowRankMethod(keep, statistics, ranks, other, Propagation.BOTH, null);
  }

  @Override
  public Optional<String> ownOnly() {
    return Optional.of(OWN);
  }

  @Override
  public Set<Statistic> statistics() {
    return statistics;
  }

  @Override
  public int copies() {
    return COPIES;
  }

  @Override
  public Optional<HeadFactoring> headFactoring() {
    return Optional.ofNullable(head);
  }

  @Override
  public boolean factors() {
    return true;
  }

  @Override
  public Propagation propagation() {
    return propagation;
  }

  @Override
  public int states() {
    return propagation == Propagation.BOTH ? 2 : 1;
  }

  /** An encoder's output is what the stage makes of it, and not there as it was too. */
  @Override
  public void requireFits(ModelSpec spec) {
    if (propagation == Propagation.BOTH && spec.kind() == ModelSpec.Kind.ENCODER_DECODER) {
      throw new BadInputException(
          "update: found an encoder and a decoder, expected a model of one stack");
    }
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
          long rank = ranks.of(layer.position(), linears, out, in);
          if (rank == 0) {
            layer.storeDense(linears, weight, "left whole");
            continue;
          }
          if (rank * (out + in) >= out * in) {
            layer.substitute(
                linears,
                new Substitution(
                    "factored", "left as it is", "rank %d saves nothing".formatted(rank)));
            layer.storeDense(linears, weight, null);
            continue;
          }
          Factored factored =
              Factored.of(
                  factoring,
                  new LowRankSolver(layer.torch()),
                  scope,
                  weight,
                  seen(layer, group, linears),
                  rank);
          // Or in float32 where the artifact's type does not hold them.
          LowRankWeight stored =
              factored.factors().narrowed(layer.torch(), scope, layer.storedType(linears.get(0)));
          layer.store(linears, stored, factored.note());
        }
      }
      layer.freeStatistics(group);
    }
  }

  private Seen seen(LayerContext layer, LinearGroup group, List<String> linears) {
    if (statistics.isEmpty()) {
      return new Seen(layer.position(), linears, null, null);
    }
    if (propagation != Propagation.BOTH) {
      return new Seen(layer.position(), linears, layer.statistics(group), null);
    }
    return new Seen(
        layer.position(), linears, layer.statisticsBefore(group), layer.statistics(group));
  }
}
