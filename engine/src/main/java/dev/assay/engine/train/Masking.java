package dev.assay.engine.train;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;

/**
 * How many tokens of a text are to be found again by a model that fills gaps, and what stands in
 * their place; those that are neither masked nor random stay as they are.
 *
 * @param share of tokens that are chosen
 * @param masked share of those in whose place the mask stands
 * @param random share of those in whose place any other stands
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, BERT</a>
 */
public record Masking(
    @Default("0.15") @Describe("share of tokens that are to be found again") double share,
    @Default("0.8") @Describe("share of those in whose place the mask token stands") double masked,
    @Default("0.1") @Describe("share of those in whose place any token stands; the others stay")
        double random) {
  /** As BERT was trained. */
  public static final Masking DEFAULT = new Masking(0.15, 0.8, 0.1);

  private static final double ROUNDING = 1e-9;

  public Masking {
    Require.that(share > 0 && share <= 1, "share", share, "above 0, up to 1");
    Require.within("masked", masked, 0, 1);
    Require.that(
        random >= 0 && masked + random <= 1 + ROUNDING,
        "random",
        random,
        "from 0 to what masked leaves of 1");
  }
}
