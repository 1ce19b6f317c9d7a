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
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * Perplexity by the papers' protocol: the text encoded once, disjoint windows, the tail dropped,
 * the exponential of the plain mean of the windows' mean losses.
 *
 * @param split text that the windows are cut from
 * @param bos where a beginning-of-sequence token stands
 * @param windows windows to score
 * @param vocabulary how the tokens' vocabulary differs from the model's own; empty where it does
 *     not
 */
public record PerplexityMetric(
    DatasetSplit split, BosPolicy bos, TokenWindows windows, Optional<String> vocabulary) {
  /** In the vocabulary of the model. */
  public PerplexityMetric(DatasetSplit split, BosPolicy bos, TokenWindows windows) {
    this(split, bos, windows, Optional.empty());
  }

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
    return of(losses(model, windowsDone), model.execution());
  }

  Measurement measure(TokenLosses losses, Execution execution, IntConsumer windowsDone) {
    return of(losses(losses, windowsDone), execution);
  }

  /**
   * Reads every window.
   *
   * @param windowsDone told after each window how many are done
   * @return what the tokens of each cost
   * @throws NotFiniteException if a loss is not finite
   */
  public WindowLosses losses(LanguageModel model, IntConsumer windowsDone) {
    return losses(ids -> model.tokenLosses(new long[][] {ids})[0], windowsDone);
  }

  WindowLosses losses(TokenLosses losses, IntConsumer windowsDone) {
    List<LossSum> sums = new ArrayList<>();
    for (int window = 0; window < windows.count(); window++) {
      float[] found = losses.of(windows.window(window));
      sums.add(LossSum.ofLast(found, windows.length() - 1, window));
      windowsDone.accept(window + 1);
    }
    return new WindowLosses(sums);
  }

  /**
   * Averages.
   *
   * @param losses of these windows
   * @param execution what they were taken in
   */
  public Measurement of(WindowLosses losses, Execution execution) {
    List<Double> means = losses.sums().stream().map(LossSum::mean).toList();
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
    settings.put("arithmetic", arithmetic(execution));
    // Of the model's own nothing is said, so that its protocols stay what they have always been.
    vocabulary.ifPresent(other -> settings.put("vocabulary", other));
    return Protocol.of(settings);
  }

  static String arithmetic(Execution execution) {
    return execution.isReference() ? "float32" : "as executed";
  }
}
