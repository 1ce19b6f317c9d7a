package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.learned.LearnedWeight.Learned;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import java.util.List;

/**
 * Learns how far the range of each group is clipped: its ends are its least and greatest weight
 * times the sigmoids of two numbers.
 *
 * @param withZero whether 0 is in every range, so that zeros can be stored as codes; the published
 *     code leaves it out where all weights of a group have one sign
 * @param centred whether the zero of a symmetric grid is 2^(bits − 1) rather than one less
 * @param initial both numbers at the beginning
 * @see <a href="https://github.com/OpenGVLab/OmniQuant/blob/95fae1b/quantize/quantizer.py">
 *     UniformAffineQuantizer</a>
 */
record ClippingLearner(
    int bits,
    int groupSize,
    boolean symmetric,
    boolean centred,
    boolean withZero,
    double initial,
    double rate)
    implements GridLearner {
  /** Whose sigmoid is 1 in float32. */
  private static final double OPEN = 100;

  @Override
  public GridForm form() {
    return GridForm.published(bits, groupSize, symmetric && centred, true);
  }

  @Override
  public LearnedWeight weight(TorchSession torch, NDManager owner, NDArray weight, DType stored) {
    Groups groups = new Groups(torch, owner, weight, groupSize);
    NDArray low = groups.each(initial);
    NDArray high = groups.each(initial);
    return LearnedWeight.of(
        LearnedWeight.rounding("LearnedClipping")
            .with("weight", groups.weight())
            .with("least", groups.least(withZero))
            .with("greatest", groups.greatest(withZero))
            .with("low", low)
            .with("high", high)
            .with("bits", bits)
            .with("symmetric", symmetric)
            .with("centred", centred),
        List.of(free(high), free(low)),
        weight.getShape().get(1),
        form());
  }

  private Learned free(NDArray share) {
    return new Learned(share, rate, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, OPEN);
  }
}
