package dev.assay.engine.slice;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The residual stream keeps those of its principal components that vary most.
 *
 * @param keep share of its width that stays
 * @param multiple what the width is rounded down to a multiple of
 * @param centred whether token vectors lose their means in models whose norms take none too
 * @param epsilon what norms of the stream add to the mean square; null for what the model's add
 * @see <a href="https://arxiv.org/abs/2401.15024">Ashkboos et al. 2024</a>
 */
public record SliceGptParameters(
    @Default("0.8") @Describe("share of the stream's width that stays") double keep,
    @Default("8") @Describe("what the width is rounded down to a multiple of") int multiple,
    @Default("false")
        @Describe(
            "take the means out of token vectors whatever the norms, as the published code does; it"
                + " changes models whose norms take none")
        boolean centred,
    @Describe(
            "what norms add to the mean square, 1e-5 in the published code; the model's own if left out")
        @Nullable Double epsilon)
    implements Stage {
  public SliceGptParameters {
    Require.that(keep > 0 && keep <= 1, "keep", keep, "a number above 0 and at most 1");
    Require.atLeast("multiple", multiple, 1);
    if (epsilon != null) {
      Require.that(epsilon > 0 && Double.isFinite(epsilon), "epsilon", epsilon, "a number above 0");
    }
  }

  /** All of the model's own norms, its embedding as it is. */
  public SliceGptParameters(double keep, int multiple) {
    this(keep, multiple, false, null);
  }

  /** How many numbers stay of so many; none where a multiple is more than that. */
  int width(int hidden) {
    return StreamShare.of(keep, hidden, multiple);
  }
}
