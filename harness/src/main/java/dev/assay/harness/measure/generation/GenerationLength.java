package dev.assay.harness.measure.generation;

import dev.assay.engine.config.Require;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.harness.suite.Measures;

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

  /** The length that latency is taken at, or 128 and 128 where none is taken. */
  public static GenerationLength of(Measures measures) {
    LatencyMeasure latency = measures.latency();
    return latency == null
        ? new GenerationLength(128, 128)
        : new GenerationLength(latency.promptLength(), latency.decodeLength());
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
