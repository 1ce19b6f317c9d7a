package dev.assay.engine.structured;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * LLM-Pruner: heads and channels go without which the loss would change least, told by the
 * gradients of all rows and columns that go with them.
 *
 * @param keep share that stays
 * @param taylor how much the loss would change without a weight
 * @param reduction what rows and columns that go together are worth
 * @param publishedGroups whether queries count for the heads that the published code takes them for
 * @param multiple that numbers of channels are rounded up to multiples of
 * @param recovery how the rest makes up for them
 * @param of what {@code keep} is a share of; null for the linears that heads and channels are rows
 *     and columns of
 * @see <a href="https://arxiv.org/abs/2305.11627">Ma et al. 2023</a>
 */
public record LlmPrunerParameters(
    @Default("0.8") @Describe("share of the heads and channels that stays") double keep,
    @Default("first") @Describe("how much the loss would change without a weight") Taylor taylor,
    @Default("sum") @Describe("what rows and columns that go together are worth")
        Reduction reduction,
    @Default("false")
        @Describe("count a query head j for the key head j modulo their number, as published")
        boolean publishedGroups,
    @Default("1")
        @Describe("channels of a layer are a multiple of this, more of them where they are not")
        int multiple,
    @Default("none") @Describe("how what is left makes up for what goes") Recovery recovery,
    @Describe(
            "what keep is a share of: the parameters of those linears, if left out, or of the model")
        @Nullable KeptOf of)
    implements Stage {
  public LlmPrunerParameters {
    Require.share("keep", keep);
    Require.atLeast("multiple", multiple, 1);
  }

  /** Of the linears' parameters. */
  public LlmPrunerParameters(
      double keep,
      Taylor taylor,
      Reduction reduction,
      boolean publishedGroups,
      int multiple,
      Recovery recovery) {
    this(keep, taylor, reduction, publishedGroups, multiple, recovery, null);
  }
}
