package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What calibration told of the input of a group of linears. Only what the method asked for is
 * there; the tensors live until the group's linears are stored or the statistics forgotten.
 */
public final class GroupStatistics implements AutoCloseable {
  /** Where fewer tokens than features over this came by, statistics say too little. */
  private static final long FEATURES_A_TOKEN = 8;

  private final long tokens;
  private final long sequences;
  private final long features;
  private final boolean silent;
  private final @Nullable NDArray hessian;
  private final @Nullable NDArray squaredNorms;
  private final @Nullable NDArray meanMagnitudes;
  private final @Nullable NDArray greatestMagnitudes;
  private final @Nullable NDArray means;
  private final @Nullable NDArray fluctuations;
  private final @Nullable NDArray greatestMeans;
  private final @Nullable NDArray fadingMoments;
  private final @Nullable InputRange range;
  private final List<NDArray> inputs;

  /**
   * @param silent whether every input was zero throughout
   */
  GroupStatistics(
      long tokens,
      long sequences,
      long features,
      boolean silent,
      @Nullable NDArray hessian,
      @Nullable NDArray squaredNorms,
      @Nullable NDArray meanMagnitudes,
      @Nullable NDArray greatestMagnitudes,
      @Nullable NDArray means,
      @Nullable NDArray fluctuations,
      @Nullable NDArray greatestMeans,
      @Nullable NDArray fadingMoments,
      @Nullable InputRange range,
      List<NDArray> inputs) {
    this.tokens = tokens;
    this.sequences = sequences;
    this.features = features;
    this.silent = silent;
    this.hessian = hessian;
    this.squaredNorms = squaredNorms;
    this.meanMagnitudes = meanMagnitudes;
    this.greatestMagnitudes = greatestMagnitudes;
    this.means = means;
    this.fluctuations = fluctuations;
    this.greatestMeans = greatestMeans;
    this.fadingMoments = fadingMoments;
    this.range = range;
    this.inputs = List.copyOf(inputs);
  }

  static GroupStatistics ofNothing(long features) {
    return new GroupStatistics(
        0, 0, features, true, null, null, null, null, null, null, null, null, null, List.of());
  }

  /** Tokens that came by. */
  public long tokens() {
    return tokens;
  }

  /**
   * Why a method cannot go by these statistics, if it cannot: fewer tokens came by than an eighth
   * of the features, as happens to experts that the router seldom picks; or what came by was all
   * zero, as behind a ReLU that never opens.
   */
  public Optional<String> tooFew() {
    if (tokens * FEATURES_A_TOKEN < features) {
      return Optional.of("saw " + tokens + " calibration tokens only");
    }
    return silent ? Optional.of("saw zeros only") : Optional.empty();
  }

  /** Running mean of 2·XXᵀ over sequences, float32 [in, in]. */
  public NDArray hessian() {
    return gathered(hessian, Statistic.HESSIAN);
  }

  /** Mean over tokens of x xᵀ, float32 [in, in]. */
  public NDArray secondMoments(NDManager owner) {
    NDArray mean = hessian().mul(sequences / (2.0 * tokens));
    mean.attach(owner);
    return mean;
  }

  /** Mean over sequences of the squared norm of each feature, float32 [in]. */
  public NDArray squaredNorms() {
    return gathered(squaredNorms, Statistic.SQUARED_NORMS);
  }

  /** Mean magnitude of each feature, float32 [in]. */
  public NDArray meanMagnitudes() {
    return gathered(meanMagnitudes, Statistic.MEAN_MAGNITUDES);
  }

  /** Greatest magnitude of each feature, float32 [in]. */
  public NDArray greatestMagnitudes() {
    return gathered(greatestMagnitudes, Statistic.GREATEST_MAGNITUDES);
  }

  /** Mean of each feature over tokens, float32 [in]. */
  public NDArray means() {
    return gathered(means, Statistic.MEANS);
  }

  /** How much each feature varies, see {@link InputFluctuationAccumulator}, float32 [in]. */
  public NDArray fluctuations() {
    return gathered(fluctuations, Statistic.FLUCTUATIONS);
  }

  /** Sequences that came by with at least one token. */
  public long sequences() {
    return sequences;
  }

  /** Greatest over sequences of each feature's mean magnitude in one, float32 [in]. */
  public NDArray greatestMeans() {
    return gathered(greatestMeans, Statistic.GREATEST_MEANS);
  }

  /** Sum of XᵀX over sequences of which earlier ones count less, float32 [in, in]. */
  public NDArray fadingMoments() {
    return gathered(fadingMoments, Statistic.FADING_MOMENTS);
  }

  /** Between which values the inputs were. */
  public InputRange range() {
    if (range == null) {
      throw new IllegalStateException("the method did not ask for " + Statistic.RANGES);
    }
    return range;
  }

  /** The inputs, float32 [sequences, tokens, in] each. */
  public List<NDArray> inputs() {
    return inputs;
  }

  /** Whether a tensor statistic is there. */
  public boolean has(Statistic statistic) {
    return switch (statistic) {
      case HESSIAN -> hessian != null;
      case SQUARED_NORMS -> squaredNorms != null;
      case MEAN_MAGNITUDES -> meanMagnitudes != null;
      case GREATEST_MAGNITUDES -> greatestMagnitudes != null;
      case MEANS -> means != null;
      case FLUCTUATIONS -> fluctuations != null;
      case GREATEST_MEANS -> greatestMeans != null;
      case FADING_MOMENTS -> fadingMoments != null;
      case RANGES -> range != null;
      case INPUTS -> !inputs.isEmpty();
    };
  }

  @Override
  public void close() {
    Stream.concat(
            Stream.of(
                hessian,
                squaredNorms,
                meanMagnitudes,
                greatestMagnitudes,
                means,
                fluctuations,
                greatestMeans,
                fadingMoments),
            inputs.stream())
        .filter(Objects::nonNull)
        .forEach(NDArray::close);
  }

  private static NDArray gathered(@Nullable NDArray value, Statistic statistic) {
    if (value == null) {
      throw new IllegalStateException("the method did not ask for " + statistic);
    }
    return value;
  }
}
