package dev.assay.harness.measure.perplexity;

import dev.assay.engine.run.ExitingModel;
import dev.assay.engine.run.LanguageModel;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Layers that a token goes through on average, where it may leave before the last: of the windows
 * of a perplexity, each token decoded.
 *
 * @param text whose windows are looked at
 */
public record LayersUsedMetric(PerplexityMetric text) {
  /**
   * Reads every window and averages.
   *
   * @param model which tokens may leave
   * @return a measurement whose samples are the means of the windows
   */
  public Measurement measure(LanguageModel model) {
    ExitingModel exiting = model.exiting();
    List<Double> means = new ArrayList<>();
    for (int window = 0; window < text.windows().count(); window++) {
      int[] used = exiting.layersUsed(text.windows().window(window));
      means.add(Arrays.stream(used).average().orElseThrow());
    }
    return new Measurement(
        Metrics.MEAN_LAYERS_PER_TOKEN,
        text.protocol(model.execution()),
        Provenance.MEASURED,
        means.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
        "layer/token",
        Direction.LOWER_IS_BETTER,
        null,
        null,
        means,
        "of %d layers, each token of the perplexity's text decoded; samples: the mean of each window"
            .formatted(model.architecture().main().depth()));
  }
}
