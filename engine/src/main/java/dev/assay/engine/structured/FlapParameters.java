package dev.assay.engine.structured;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * FLAP: heads and channels go whose inputs vary least, and a bias makes up for what they gave on
 * average. All is told by the inputs of the uncompressed model.
 *
 * @param keep share of the parameters of heads and channels that stays
 * @param metric what a channel is worth
 * @param within what heads and channels are compared with
 * @param multiple that numbers of channels are rounded up to multiples of
 * @param bias whether a bias makes up for what went
 * @param of what {@code keep} is a share of; null for the linears that heads and channels are rows
 *     and columns of
 * @param recovery other weights of what reads heads and channels, in place of the published bias;
 *     null for that bias alone
 * @see <a href="https://arxiv.org/abs/2312.11983">An et al. 2023, FLAP</a>
 */
public record FlapParameters(
    @Default("0.8") @Describe("share of the parameters of heads and channels that stays")
        double keep,
    @Default("wifv")
        @Describe("what a channel is worth: how its input varies, also by its weights, or Wanda's")
        Metric metric,
    @Default("model") @Describe("what heads and channels are compared with") Within within,
    @Default("1")
        @Describe("channels of a layer are a multiple of this, more of them where they are not")
        int multiple,
    @Default("true") @Describe("make up for what went by a bias") boolean bias,
    @Describe(
            "what keep is a share of: the parameters of those linears, if left out, or of the model")
        @Nullable KeptOf of,
    @Describe(
            "other weights in place of the bias: least-squares, or affine with a bias of its own;"
                + " the bias alone if left out")
        @Nullable Recovery recovery)
    implements Stage {
  /** The published code's names of what a channel is worth. */
  public enum Metric {
    /** How much its input varies. */
    IFV(ChannelScore.FLUCTUATION),
    /** The same by the squared norm of its weights. */
    WIFV(ChannelScore.WEIGHTED_FLUCTUATION),
    /** The mean magnitude of its weights by the norm of its input. */
    WIFN(ChannelScore.ACTIVATION);

    private final ChannelScore score;

    Metric(ChannelScore score) {
      this.score = score;
    }

    ChannelScore score() {
      return score;
    }
  }

  public FlapParameters {
    Require.share("keep", keep);
    Require.atLeast("multiple", multiple, 1);
    if (recovery != null) {
      Require.that(
          recovery == Recovery.LEAST_SQUARES || recovery == Recovery.AFFINE,
          "recovery",
          recovery,
          "least-squares or affine, in place of what bias says");
      Require.that(bias, "bias", false, "no word of it beside recovery, which stands in its place");
    }
  }

  /** What makes up for what went. */
  Recovery making() {
    if (recovery != null) {
      return recovery;
    }
    return bias ? Recovery.MEAN : Recovery.NONE;
  }

  /** With the published bias, or nothing. */
  public FlapParameters(
      double keep, Metric metric, Within within, int multiple, boolean bias, @Nullable KeptOf of) {
    this(keep, metric, within, multiple, bias, of, null);
  }

  /** Of the linears' parameters. */
  public FlapParameters(double keep, Metric metric, Within within, int multiple, boolean bias) {
    this(keep, metric, within, multiple, bias, null, null);
  }
}
