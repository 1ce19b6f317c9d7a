package dev.assay.engine.conditional;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens go through fewer experts.
 *
 * @param experts that a token is to go through
 * @param layers in which, by their numbers from 0; null for all
 */
public record ExpertsPerTokenParameters(
    @Default("1") @Describe("experts that a token goes through") int experts,
    @Describe("numbers of the layers, from 0; all with experts if left out")
        @Nullable List<Integer> layers)
    implements Stage {
  public ExpertsPerTokenParameters {
    Require.atLeast("experts", experts, 1);
    if (layers != null) {
      layers = List.copyOf(layers);
      Require.that(!layers.isEmpty(), "layers", layers, "at least one");
      Require.that(
          layers.stream().distinct().count() == layers.size(), "layers", layers, "each but once");
    }
  }
}
