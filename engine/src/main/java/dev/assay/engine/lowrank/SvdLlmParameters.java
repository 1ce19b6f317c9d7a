package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * SVD-LLM: the product of two smaller linears whose outputs are nearest on calibration, by the
 * inputs of the uncompressed model; the left factors fitted anew, if wanted, to the inputs that the
 * compressed layers before give.
 *
 * @param keep share that stays
 * @param update whether left factors are fitted anew
 * @param of what {@code keep} is a share of
 * @param search how ranks are searched; null for the same share of all
 * @see <a href="https://arxiv.org/abs/2403.07378">Wang et al. 2024, SVD-LLM</a>
 */
public record SvdLlmParameters(
    @Default("0.8") @Describe("share that stays") double keep,
    @Default("false") @Describe("fit the left factors anew behind the compressed layers before")
        boolean update,
    @Default("linears")
        @Describe(
            "what keep is a share of: the parameters of the linears, each one's singular values, or"
                + " all parameters of the model")
        KeepOf of,
    @Describe("ranks by what each linear costs the loss, in place of one share for all")
        @Nullable RankSearch search)
    implements Stage {
  /** A share of the linears' parameters. */
  public SvdLlmParameters(double keep, boolean update) {
    this(keep, update, KeepOf.LINEARS, null);
  }

  /** Without fitting anew. */
  public SvdLlmParameters(double keep) {
    this(keep, false);
  }

  public SvdLlmParameters {
    Require.share("keep", keep);
    if (search != null) {
      search.requireFits(keep, of);
    }
  }
}
