package dev.assay.harness.measure.perplexity;

import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.dataset.TokenWindows;
import dev.assay.harness.suite.PerplexityMeasure;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The windows of a text that a perplexity reads, for all who have to know them. */
public final class PerplexityWindows {
  private PerplexityWindows() {}

  /**
   * Cuts a text as a measure wants it.
   *
   * @throws dev.assay.engine.config.BadInputException if it is too short for one window, or if a
   *     BOS is wanted that the tokenizer lacks
   */
  public static TokenWindows of(
      PerplexityMeasure measure, DatasetSplit split, Tokenizer tokenizer) {
    return cut(measure, tokens(measure, split, tokenizer), bos(measure, tokenizer));
  }

  /**
   * The token ids that the windows hold, the BOS of each window once; none of a text that is too
   * short for one window.
   *
   * @throws dev.assay.engine.config.BadInputException if a BOS is wanted that the tokenizer lacks
   */
  public static long[] ids(PerplexityMeasure measure, DatasetSplit split, Tokenizer tokenizer) {
    TokenSequence tokens = tokens(measure, split, tokenizer);
    OptionalLong bos = bos(measure, tokenizer);
    return tokens.size() < TokenWindows.stride(measure.window(), bos)
        ? new long[0]
        : cut(measure, tokens, bos).ids();
  }

  /** How much of a text a measure's windows hold, in words. */
  public static String read(PerplexityMeasure measure) {
    List<String> limits = new ArrayList<>();
    if (measure.maxTokens() != null) {
      limits.add("the first " + measure.maxTokens() + " tokens");
    }
    if (measure.maxWindows() != null) {
      limits.add("the first " + measure.maxWindows() + " windows");
    }
    return limits.isEmpty() ? "the whole text" : "at most " + String.join(", ", limits);
  }

  private static TokenWindows cut(
      PerplexityMeasure measure, TokenSequence tokens, OptionalLong bos) {
    TokenWindows windows = TokenWindows.cut(tokens, measure.window(), bos);
    Integer most = measure.maxWindows();
    return most == null ? windows : windows.first(most);
  }

  private static OptionalLong bos(PerplexityMeasure measure, Tokenizer tokenizer) {
    return TokenSequence.bosOfEach(tokenizer, measure.bos());
  }

  private static TokenSequence tokens(
      PerplexityMeasure measure, DatasetSplit split, Tokenizer tokenizer) {
    TokenSequence tokens = TokenSequence.of(split, tokenizer, measure.bos());
    Integer most = measure.maxTokens();
    return most == null ? tokens : tokens.first(most);
  }
}
