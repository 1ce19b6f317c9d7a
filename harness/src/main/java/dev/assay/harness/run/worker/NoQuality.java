package dev.assay.harness.run.worker;

import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The qualities of a model that cannot have any. */
final class NoQuality {
  private NoQuality() {}

  /** All that is wanted, as unsupported. */
  static List<Measurement> of(List<PerplexityMeasure> measures, String reason) {
    return measures.stream().map(measure -> perplexity(measure, reason)).toList();
  }

  private static Measurement perplexity(PerplexityMeasure measure, String reason) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("dataset", measure.dataset());
    settings.put("split", measure.split());
    settings.put("window", Integer.toString(measure.window()));
    if (measure.maxWindows() != null) {
      settings.put("maxWindows", Integer.toString(measure.maxWindows()));
    }
    if (measure.maxTokens() != null) {
      settings.put("maxTokens", Integer.toString(measure.maxTokens()));
    }
    settings.put("bos", TokenSequence.label(measure.bos()));
    settings.put("arithmetic", measure.arithmetic().name().toLowerCase(Locale.ROOT));
    return Measurement.unsupported(
        Metrics.PERPLEXITY, Protocol.of(settings), "1", Direction.LOWER_IS_BETTER, reason);
  }
}
