package dev.assay.engine.calibration;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.tokenizer.BosPolicy;
import org.jspecify.annotations.Nullable;

/**
 * A text that a stage learns from, or looks at, in disjoint windows.
 *
 * @param dataset name of a data set, or path of a text file
 * @param split split of the data set
 * @param length tokens of a window; capped at the model's context
 * @param windows the first so many, in order; null for all
 * @param bos token that begins a window
 */
public record WantedText(
    @Default("europarl-en") @Describe("name of a data set, or path of a text file") String dataset,
    @Default("train") @Describe("split of the data set") String split,
    @Default("256") @Describe("tokens of a window, capped at the model's context") int length,
    @Describe("the first so many windows; all if left out") @Nullable Integer windows,
    @Default("none")
        @Describe("beginning-of-sequence token: none, first in the text, or first in every window")
        BosPolicy bos) {
  /** What is learned from where nothing else is said. */
  public static final WantedText DEFAULT =
      new WantedText("europarl-en", "train", 256, null, BosPolicy.NONE);

  public WantedText {
    Require.that(!dataset.isBlank(), "dataset", "'" + dataset + "'", "a name or a path");
    Require.atLeast("length", length, 2);
    if (windows != null) {
      Require.atLeast("windows", windows, 1);
    }
  }
}
