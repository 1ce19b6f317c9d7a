package dev.assay.engine.conditional;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Tokens skip experts that the router likes far less than their first.
 *
 * @param below an expert is skipped whose probability is less than this share of the first's
 * @see <a href="https://arxiv.org/abs/2402.14800">Lu et al. 2024, dynamic skipping</a>
 */
public record SkipExpertsParameters(
    @Describe("an expert is skipped whose probability is less than this share of the first's")
        double below)
    implements Stage {
  public SkipExpertsParameters {
    Require.that(below > 0 && below <= 1, "below", below, "more than 0 and at most 1");
  }
}
