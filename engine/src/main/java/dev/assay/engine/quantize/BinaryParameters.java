package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Signs, times the mean magnitude of a group.
 *
 * @param groupSize consecutive inputs of a row that share a magnitude; -1 for the whole row
 * @param centred whether each row's mean is taken from it before, and the rest kept within 1, as
 *     XNOR-Net's code does while it trains
 * @see <a href="https://arxiv.org/abs/1603.05279">Rastegari et al. 2016, XNOR-Net</a>
 */
public record BinaryParameters(
    @Default("-1") @Describe("input columns that share a magnitude; -1 for the whole row")
        int groupSize,
    @Default("false") @Describe("take each row's mean from it before, and keep the rest within 1")
        boolean centred)
    implements Stage {
  public BinaryParameters {
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
  }
}
