package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * SparseGPT: weights are removed column by column, and the error is made up for by the columns not
 * yet visited; optionally those that stay are quantized in the same pass. Defaults are those of the
 * authors' code.
 *
 * @param sparsity how many weights go
 * @param dampPercent share of the mean diagonal that is added to the Hessian's diagonal
 * @param blockSize columns that share one threshold, and that a lazy update waits for
 * @param quantization grid of the weights that stay; null leaves them unquantized
 * @param refit how the weights that stay are fitted to the outputs of all; null for not at all,
 *     which is what the method's own update comes near to
 * @param owl how much more a layer gives the fewer of its weights stand out; null for all alike
 * @param sensitivity how much more a layer gives the less that costs the loss; null for all alike
 * @param of what a ratio is a share of
 * @see <a href="https://arxiv.org/abs/2301.00774">Frantar and Alistarh 2023, SparseGPT</a>
 */
public record SparseGptParameters(
    @Default("0.5")
        @Describe("weights that go: a ratio such as 0.5, or n:m such as 2:4 (n of every m stay)")
        Sparsity sparsity,
    @Default("0.01") @Describe("damping as a share of the Hessian's mean diagonal")
        double dampPercent,
    @Default("128") @Describe("columns that share one threshold, and between two updates")
        int blockSize,
    @Describe("quantize the weights that stay in the same pass")
        @Nullable JointQuantization quantization,
    @Describe("how the weights that stay make up for those that go: least-squares, row by row")
        @Nullable Refit refit,
    @Describe("more from layers in which fewer weights stand out (arXiv 2310.05175)")
        @Nullable OutlierBudgets owl,
    @Describe("more from layers that cost the loss less, each tried alone")
        @Nullable SensitivityBudgets sensitivity,
    @Default("linears")
        @Describe("what a ratio is a share of: the weights of the linears, or the whole model's")
        SparsityOf of)
    implements Stage {
  /** From all layers alike. */
  public SparseGptParameters(
      Sparsity sparsity,
      double dampPercent,
      int blockSize,
      @Nullable JointQuantization quantization) {
    this(sparsity, dampPercent, blockSize, quantization, null, null);
  }

  /** A share of the linears. */
  public SparseGptParameters(
      Sparsity sparsity,
      double dampPercent,
      int blockSize,
      @Nullable JointQuantization quantization,
      @Nullable Refit refit,
      @Nullable OutlierBudgets owl) {
    this(sparsity, dampPercent, blockSize, quantization, refit, owl, null, SparsityOf.LINEARS);
  }

  public SparseGptParameters {
    of.requireFits(sparsity);
    Require.that(
        refit == null || quantization == null,
        "refit",
        "least-squares",
        "none where weights are quantized in the same pass: values off the grid would follow");
    new LayerShares(owl, sensitivity).requireFits(sparsity);
    Require.within("dampPercent", dampPercent, 0, 1);
    Require.atLeast("blockSize", blockSize, 1);
    if (sparsity instanceof Sparsity.NofM pattern) {
      Require.that(
          blockSize % pattern.m() == 0,
          "blockSize",
          blockSize,
          "a multiple of the pattern's " + pattern.m());
    }
  }

  /** How layers share out what goes. */
  LayerShares shares() {
    return new LayerShares(owl, sensitivity);
  }

  /** The same with other weights that go, from every layer alike. */
  SparseGptParameters with(Sparsity other) {
    return new SparseGptParameters(other, dampPercent, blockSize, quantization, refit, null);
  }

  /**
   * The grid of the weights that stay, one a row, fitted on the unpruned weights.
   *
   * @param bits 2, 3, 4 or 8
   * @param symmetric whether the zero point is the middle of the grid
   */
  public record JointQuantization(
      @Default("4") @Describe("bits a weight: 2, 3, 4 or 8") int bits,
      @Default("false") @Describe("fix the zero point at the middle of the grid")
          boolean symmetric) {
    public JointQuantization {
      Require.oneOf("bits", bits, 2, 3, 4, 8);
    }
  }
}
