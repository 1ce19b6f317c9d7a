package dev.assay.harness.suite;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.tokenizer.BosPolicy;
import org.jspecify.annotations.Nullable;

/**
 * A perplexity by the papers' protocol: disjoint windows, the tail dropped, the mean of the
 * windows' means.
 *
 * @param dataset name of a data set, or path of a text file
 * @param split split of the data set
 * @param window tokens a window
 * @param maxWindows only the first so many windows; null for all
 * @param maxTokens only the first so many tokens of the text; null for all
 * @param bos where a beginning-of-sequence token stands
 * @param arithmetic arithmetic of the forward pass
 */
public record PerplexityMeasure(
    @Describe("name of a data set, or path of a text file") String dataset,
    @Default("test") @Describe("split of the data set") String split,
    @Describe("tokens a window, at most the model's context") int window,
    @Describe("only the first so many windows; all if left out") @Nullable Integer maxWindows,
    @Describe("only the first so many tokens of the text; all if left out")
        @Nullable Integer maxTokens,
    @Default("none")
        @Describe(
            "beginning-of-sequence token: none, first (before the text) or every (at the start of"
                + " each window)")
        BosPolicy bos,
    @Default("float32")
        @Describe("float32 on dequantised weights, or execution: the kernels that are timed")
        QualityArithmetic arithmetic) {
  public PerplexityMeasure {
    Require.atLeast("window", window, 2);
    if (maxWindows != null) {
      Require.atLeast("maxWindows", maxWindows, 1);
    }
    if (maxTokens != null) {
      Require.atLeast("maxTokens", maxTokens, window);
    }
  }
}
