package dev.assay.engine.structured;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Heads, channels of the feed-forward, or both go, those that are worth least; what is left is a
 * narrower model of the same family.
 *
 * @param keep share that stays
 * @param score what they are worth
 * @param within what they are compared with
 * @param multiple that numbers of channels are rounded up to multiples of
 * @param recovery how the rest makes up for them
 * @param of what {@code keep} is a share of; null for the linears that heads and channels are rows
 *     and columns of
 * @see <a href="https://arxiv.org/abs/2312.11983">An et al. 2023, FLAP, whose baselines Wanda-sp
 *     and magnitude-sp these are</a>
 */
public record WidthParameters(
    @Default("0.8") @Describe("share of the heads and channels that stays") double keep,
    @Default("activation")
        @Describe("what a head or channel is worth: by the columns that read it, and their inputs")
        ChannelScore score,
    @Default("layer") @Describe("what it is compared with: those of its layer, or of the model")
        Within within,
    @Default("1")
        @Describe("channels of a layer are a multiple of this, more of them where they are not")
        int multiple,
    @Default("none") @Describe("how what is left makes up for what goes") Recovery recovery,
    @Describe(
            "what keep is a share of: the parameters of those linears, if left out, or of the model")
        @Nullable KeptOf of)
    implements Stage {
  public WidthParameters {
    Require.share("keep", keep);
    Require.atLeast("multiple", multiple, 1);
  }

  /** Of the linears' parameters. */
  public WidthParameters(
      double keep, ChannelScore score, Within within, int multiple, Recovery recovery) {
    this(keep, score, within, multiple, recovery, null);
  }
}
