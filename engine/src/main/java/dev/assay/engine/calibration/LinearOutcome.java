package dev.assay.engine.calibration;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What compression did to one linear.
 *
 * @param layer index of the layer, those of an encoder before those of its decoder; {@value
 *     #BESIDE} for what stands beside the layers
 * @param linear name within the layer
 * @param outFeatures rows of the weight
 * @param inFeatures columns of the weight
 * @param relativeError squared error over the squared norm of the original
 * @param errorKind of what: {@code weight}, or {@code output} on the calibration inputs
 * @param sparsity share of stored values that are exactly zero
 * @param bits stored bits a weight, scales and zeros included
 * @param seconds wall time
 * @param note anything unusual, such as raised damping
 * @param substitutions what was done in place of what was asked for
 * @param tokens calibration tokens that its input showed; null where the method looked at none
 */
public record LinearOutcome(
    int layer,
    String linear,
    long outFeatures,
    long inFeatures,
    double relativeError,
    String errorKind,
    double sparsity,
    double bits,
    double seconds,
    @Nullable String note,
    List<Substitution> substitutions,
    @Nullable Long tokens) {
  /** In place of a layer's index. */
  public static final int BESIDE = -1;

  public LinearOutcome {
    substitutions = List.copyOf(substitutions);
  }

  /** One of which all that was asked for was done, without calibration. */
  public LinearOutcome(
      int layer,
      String linear,
      long outFeatures,
      long inFeatures,
      double relativeError,
      String errorKind,
      double sparsity,
      double bits,
      double seconds,
      @Nullable String note) {
    this(
        layer,
        linear,
        outFeatures,
        inFeatures,
        relativeError,
        errorKind,
        sparsity,
        bits,
        seconds,
        note,
        List.of(),
        null);
  }
}
