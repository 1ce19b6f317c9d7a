package dev.assay.engine.conditional;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.model.EarlyExits.Confidence;
import dev.assay.engine.recipe.Stage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens leave before the last layer once the head is sure of them.
 *
 * @param layers how many layers are behind each exit; null for one exit in the middle
 * @param measure of how sure the head is
 * @param threshold from which a token leaves, with entropy up to which; null for a search
 * @param worse share by which the perplexity of the calibration text may grow, for the search
 * @param thresholds how many are tried
 * @see <a href="https://arxiv.org/abs/2207.07061">Schuster et al. 2022, CALM</a>
 */
public record EarlyExitParameters(
    @Describe("how many layers are behind each exit; one in the middle if left out")
        @Nullable List<Integer> layers,
    @Default("softmax")
        @Describe(
            "how sure the head is: the greatest probability, what it is ahead of the next, or the entropy")
        Confidence measure,
    @Describe("from which score a token leaves, with entropy up to which; searched if left out")
        @Nullable Double threshold,
    @Default("0.05")
        @Describe(
            "share by which the calibration text's perplexity may grow, where thresholds are searched")
        double worse,
    @Default("32") @Describe("thresholds that are tried") int thresholds)
    implements Stage {
  public EarlyExitParameters {
    if (layers != null) {
      layers = List.copyOf(layers);
      Require.that(
          !layers.isEmpty()
              && layers.get(0) >= 1
              && layers.equals(layers.stream().distinct().sorted().toList()),
          "layers",
          layers,
          "at least one number from 1, rising");
    }
    if (threshold != null) {
      Require.that(
          threshold >= 0 && Double.isFinite(threshold), "threshold", threshold, "at least 0");
    }
    Require.that(worse >= 0 && Double.isFinite(worse), "worse", worse, "at least 0");
    Require.between("thresholds", thresholds, 1, 1000);
  }
}
