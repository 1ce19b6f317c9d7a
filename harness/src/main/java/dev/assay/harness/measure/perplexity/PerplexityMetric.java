package dev.assay.harness.measure.perplexity;

import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.dataset.TokenWindows;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * Perplexity by the papers' protocol: the text encoded once, disjoint windows, the tail dropped,
 * the exponential of the plain mean of the windows' mean losses.
 *
 * @param split text that the windows are cut from
 * @param bos where a beginning-of-sequence token stands
 * @param windows windows to score
 */
public record PerplexityMetric(DatasetSplit split, BosPolicy bos, TokenWindows windows) {

  /**
   * Reads every window and averages.
   *
   * @param model the model in the arithmetic wanted; {@link Execution#reference} for the quality of
   *     the compression alone
   * @param windowsDone told after each window how many are done
   * @return a measurement whose samples are the exponentials of the windows' mean losses
   * @throws NotFiniteException if a loss is not finite
   */
  public Measurement measure(LanguageModel model, IntConsumer windowsDone) {
    return measure(ids -> model.tokenLosses(new long[][] {ids})[0], model.execution(), windowsDone);
  }

  Measurement measure(TokenLosses losses, Execution execution, IntConsumer windowsDone) {
    List<Double> means = new ArrayList<>();
    for (int window = 0; window < windows.count(); window++) {
      float[] found = losses.of(windows.window(window));
      means.add(LossSum.ofLast(found, windows.length() - 1, window).mean());
      windowsDone.accept(window + 1);
    }
    PerplexityEstimate estimate = PerplexityEstimate.of(means);
    return new Measurement(
        Metrics.PERPLEXITY,
        protocol(execution),
        Provenance.MEASURED,
        estimate.value(),
        "1",
        Direction.LOWER_IS_BETTER,
        estimate.standardError(),
        estimate.interval(),
        means.stream().map(Math::exp).toList(),
        "in " + execution.arithmetic() + "; samples: the exponential of each window's mean loss");
  }

  /** The protocol, with everything that can change the figure beside the weights. */
  public Protocol protocol(Execution execution) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("dataset", split.dataset());
    settings.put("split", split.split());
    settings.put("sha256", split.sha256());
    settings.put("bos", TokenSequence.label(bos));
    settings.put("tokens", Integer.toString(windows.tokens().size()));
    settings.put("window", Integer.toString(windows.length()));
    settings.put("stride", Integer.toString(windows.stride()));
    settings.put("windows", Integer.toString(windows.count()));
    settings.put("tail", "dropped: " + windows.unused() + " tokens");
    settings.put("scored", "tokens 1 to L − 1 of each window of L");
    settings.put("aggregation", "exp of the plain mean of window means");
    // Which one that is belongs to recipe and target, which are what is compared.
    settings.put("arithmetic", execution.isReference() ? "float32" : "as executed");
    return Protocol.of(settings);
  }
}
