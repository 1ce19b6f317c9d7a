package dev.assay.leaderboard.result;

import org.jspecify.annotations.Nullable;

/**
 * What compression did to one linear layer.
 *
 * @param stage name of the stage
 * @param layer index of the decoder layer
 * @param linear name within the layer, for example {@code self_attn.q_proj}
 * @param outFeatures rows of the weight
 * @param inFeatures columns of the weight
 * @param relativeError squared error of the weights (or, where {@code errorKind} says so, of the
 *     outputs on calibration inputs) over the squared norm of the original
 * @param errorKind {@code weight} or {@code output}
 * @param sparsity share of weights that are exactly zero
 * @param bits stored bits a weight, scales and zeros included
 * @param seconds time spent
 * @param note anything unusual, such as raised damping; may be absent
 * @param tokens calibration tokens that its input showed; absent where none were looked at
 */
public record LinearReport(
    String stage,
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
    @Nullable Long tokens) {
  public LinearReport {
    String where = "layer %d, %s: ".formatted(layer, linear);
    Magnitude.require(where + "relativeError", relativeError);
    Magnitude.require(where + "sparsity", sparsity);
    Magnitude.require(where + "bits", bits);
    Magnitude.require(where + "seconds", seconds);
    if (tokens != null) {
      Magnitude.require(where + "tokens", tokens);
    }
  }
}
