package dev.assay.harness.measure.generation;

import dev.assay.engine.config.Require;

/**
 * How many tokens a generation reads and writes.
 *
 * @param prompt tokens read
 * @param generated tokens written, the first of them by the prefill
 */
public record GenerationLength(int prompt, int generated) {
  public GenerationLength {
    Require.atLeast("promptLength", prompt, 1);
    Require.atLeast("decodeLength", generated, 2);
  }

  /** Decode steps: every token but the first. */
  public int steps() {
    return generated - 1;
  }

  /**
   * Positions that a decode step attends to on average: prompt + 1 in the first step, one more in
   * each that follows.
   */
  public double meanContext() {
    return prompt + generated / 2.0;
  }

  /** Positions in use at the end; the last token is never read again. */
  public int capacity() {
    return prompt + steps();
  }
}
