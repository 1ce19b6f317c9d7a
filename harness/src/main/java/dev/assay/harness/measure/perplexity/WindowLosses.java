package dev.assay.harness.measure.perplexity;

import java.util.List;

/** What the tokens of each window cost a model, in the order of the text. */
public final class WindowLosses {
  private final List<LossSum> sums;

  /**
   * @param sums of each window, at least one
   */
  WindowLosses(List<LossSum> sums) {
    if (sums.isEmpty()) {
      throw new IllegalArgumentException("found no window, expected at least one");
    }
    this.sums = List.copyOf(sums);
  }

  List<LossSum> sums() {
    return sums;
  }
}
