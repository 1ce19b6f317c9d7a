package dev.assay.engine.quantize.outlier;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * BiLLM: each weight a sign times a magnitude of its row and block, with two signs for a few
 * columns and two magnitudes for the others. Defaults are those of the authors' code and the
 * command that they give.
 *
 * @param metric by what columns are salient and groups are split
 * @param blockSize columns of a block
 * @param dampPercent share of the mean diagonal that is added to the Hessian's diagonal
 * @param errorFeedback whether later blocks make up for the error, as by GPTQ
 * @param salientColumns most columns of a block that get two signs
 * @see <a href="https://arxiv.org/abs/2402.04291">Huang et al. 2024, BiLLM</a>
 */
public record BillmParameters(
    @Default("hessian") @Describe("what scores weights: hessian, w²/U², or magnitude")
        Metric metric,
    @Default("128") @Describe("columns of a block") int blockSize,
    @Default("0.01") @Describe("damping as a share of the Hessian's mean diagonal")
        double dampPercent,
    @Default("true") @Describe("later blocks make up for the error") boolean errorFeedback,
    @Default("49") @Describe("most columns of a block that get two signs") int salientColumns)
    implements Stage {
  /** What scores weights. */
  public enum Metric {
    /** The square of a weight over that of U's diagonal. */
    HESSIAN,
    /** The weight itself. */
    MAGNITUDE
  }

  public BillmParameters {
    Require.atLeast("blockSize", blockSize, 2);
    Require.within("dampPercent", dampPercent, 0, 1);
    Require.atLeast("salientColumns", salientColumns, 1);
  }

  /** Whether it can do without the Hessian. */
  boolean weightsAlone() {
    return metric == Metric.MAGNITUDE && !errorFeedback;
  }
}
