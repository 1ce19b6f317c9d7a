package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * ASVD: the nearest product where inputs count by how large they are. Ranks are the same share for
 * all linears, or searched by what each linear costs the loss.
 *
 * @param keep share that stays
 * @param alpha power of the statistic
 * @param statistic what tells how much an input counts
 * @param rankMultiple ranks are multiples of it, rounded up
 * @param search how ranks are searched; null for the same share of all
 * @param of what {@code keep} is a share of
 * @see <a href="https://arxiv.org/abs/2312.05821">Yuan et al. 2023, ASVD</a>
 */
public record AsvdParameters(
    @Default("0.8") @Describe("share that stays") double keep,
    @Default("0.5") @Describe("power of the statistic of inputs that they count by") double alpha,
    @Default("mean")
        @Describe("the inputs' mean or greatest magnitude, what the loss feels of them, or both")
        Magnitudes statistic,
    @Default("1") @Describe("ranks are rounded up to a multiple of it") int rankMultiple,
    @Describe("ranks by what each linear costs the perplexity, in place of one share for all")
        @Nullable RankSearch search,
    @Default("linears")
        @Describe(
            "what keep is a share of: the parameters of the linears, each one's singular values, or"
                + " all parameters of the model")
        KeepOf of)
    implements Stage {
  /** What tells how much an input counts. */
  public enum Magnitudes {
    /** Over tokens. */
    MEAN,
    /** Over tokens. */
    GREATEST,
    /** The root of the mean of squared gradients of the loss, over samples and outputs. */
    FISHER,
    /** That times the mean magnitude. */
    FISHER_MEAN
  }

  /** A share of the linears' parameters. */
  public AsvdParameters(
      double keep,
      double alpha,
      Magnitudes statistic,
      int rankMultiple,
      @Nullable RankSearch search) {
    this(keep, alpha, statistic, rankMultiple, search, KeepOf.LINEARS);
  }

  /** The same share of all. */
  public AsvdParameters(double keep, double alpha, Magnitudes statistic, int rankMultiple) {
    this(keep, alpha, statistic, rankMultiple, null);
  }

  public AsvdParameters {
    Require.share("keep", keep);
    Require.within("alpha", alpha, 0, 2);
    Require.atLeast("rankMultiple", rankMultiple, 1);
    if (search != null) {
      Require.that(
          of == KeepOf.LINEARS,
          "of",
          of.name().toLowerCase(Locale.ROOT).replace('_', '-'),
          "linears with a search, which shares out their parameters");
      Require.that(
          statistic == Magnitudes.MEAN || statistic == Magnitudes.GREATEST,
          "statistic",
          statistic.name().toLowerCase(Locale.ROOT).replace('_', '-'),
          "mean or greatest with a search, which looks at no gradients");
    }
  }
}
