package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * LoftQ: NF4 codes and a product beside them are found in turn, each for what the other leaves.
 *
 * @param rank of the products
 * @param iterations how often both are found
 * @param blockSize weights that share a scale
 * @see <a href="https://arxiv.org/abs/2310.08659">Li et al. 2023, LoftQ</a>
 */
public record LoftqParameters(
    @Default("32") @Describe("rank of the product beside each linear") int rank,
    @Default("5") @Describe("how often codes and product are found in turn") int iterations,
    @Default("64") @Describe("weights that share a scale: 64, 128, 256, 512, 1024, 2048 or 4096")
        int blockSize)
    implements Stage {
  public LoftqParameters {
    Require.atLeast("rank", rank, 1);
    Require.atLeast("iterations", iterations, 1);
    Require.oneOf("blockSize", blockSize, 64, 128, 256, 512, 1024, 2048, 4096);
  }
}
