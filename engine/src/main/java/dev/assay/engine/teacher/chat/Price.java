package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;

/**
 * What a server charges, in whatever currency.
 *
 * @param input for a million tokens of prompts
 * @param output for a million tokens of answers
 */
public record Price(
    @Describe("for a million tokens of prompts") double input,
    @Describe("for a million tokens of answers") double output) {
  private static final double MILLION = 1e6;

  public Price {
    Require.within("input", input, 0, Double.MAX_VALUE);
    Require.within("output", output, 0, Double.MAX_VALUE);
  }

  /** The cost of tokens. */
  public double of(Usage usage) {
    return (usage.promptTokens() * input + usage.completionTokens() * output) / MILLION;
  }
}
