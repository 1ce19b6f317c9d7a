package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * LQER: what rounding has done to a linear is made up for by the nearest product of a rank beside
 * it; as L²QER inputs count by how large they are.
 *
 * @param rank of the products
 * @param scaled whether inputs count by how large the uncompressed model has them
 * @see <a href="https://arxiv.org/abs/2402.02446">Zhang et al. 2024, LQER</a>
 */
public record LqerParameters(
    @Default("32") @Describe("rank of the product beside each linear") int rank,
    @Default("true") @Describe("inputs count by how large they are (L²QER), or alike (LQER)")
        boolean scaled)
    implements Stage {
  public LqerParameters {
    Require.atLeast("rank", rank, 1);
  }
}
