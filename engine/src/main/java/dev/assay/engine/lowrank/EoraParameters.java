package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * EoRA: what compression has done to a linear is made up for by the product of a rank whose outputs
 * are nearest, by the inputs behind the corrected earlier layers.
 *
 * @param rank of the products
 * @param samples how calibration samples count
 * @see <a href="https://arxiv.org/abs/2410.21271">Liu et al. 2024, EoRA</a>
 */
public record EoraParameters(
    @Default("32") @Describe("rank of the product beside each linear") int rank,
    @Default("even")
        @Describe("all samples count alike, or earlier ones less, as the published code has it")
        Samples samples)
    implements Stage {
  /** How samples count. */
  public enum Samples {
    /** All alike. */
    EVEN,
    /** Of n each counts n/(n+1) as much as the next. */
    FADING
  }

  public EoraParameters {
    Require.atLeast("rank", rank, 1);
  }
}
