package dev.assay.engine.conditional;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Experts go, as many in each layer as it has more than are to stay.
 *
 * @param keep how many stay in each layer
 * @param by what chooses those that go
 * @param subsets of experts to drop that are tried in a layer at most
 * @param beyond what is done where there are more
 * @see <a href="https://arxiv.org/abs/2402.14800">Lu et al. 2024</a>
 */
public record DropExpertsParameters(
    @Describe("how many experts stay in each layer") int keep,
    @Default("output")
        @Describe("what chooses: how far outputs change, or how many tokens choose an expert")
        By by,
    @Default("5000") @Describe("sets of experts to drop that are tried in a layer at most")
        int subsets,
    @Default("refuse") @Describe("what is done where there are more") Beyond beyond)
    implements Stage {
  /** What chooses experts. */
  public enum By {
    /** How far the outputs of the experts of a layer change without some of them. */
    OUTPUT,
    /** How many tokens choose each. */
    FREQUENCY
  }

  /** What is done where there are too many sets to try. */
  public enum Beyond {
    /** The model is refused. */
    REFUSE,
    /** Those go that the fewest tokens choose. */
    FREQUENCY
  }

  public DropExpertsParameters {
    Require.atLeast("keep", keep, 1);
    Require.atLeast("subsets", subsets, 1);
  }
}
