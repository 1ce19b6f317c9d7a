package dev.assay.engine.quantize;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import java.util.HashSet;
import java.util.List;

/**
 * Outliers of activations as large models have them, in a model that has none.
 *
 * @param channels of what norms put out, each once
 * @param factors by which each is raised, above 0
 */
public record StressOutliersParameters(
    @Describe("channels of what norms put out, each once") List<Integer> channels,
    @Describe("by how much each of them is raised") List<Double> factors)
    implements Stage {
  public StressOutliersParameters {
    channels = List.copyOf(channels);
    factors = List.copyOf(factors);
    Require.that(
        !channels.isEmpty()
            && channels.stream().allMatch(channel -> channel >= 0)
            && new HashSet<>(channels).size() == channels.size(),
        "channels",
        channels,
        "some numbers from 0 on, each once");
    Require.that(
        factors.size() == channels.size()
            && factors.stream().allMatch(factor -> factor > 0 && Double.isFinite(factor)),
        "factors",
        factors,
        "a number above 0 for each channel");
  }
}
