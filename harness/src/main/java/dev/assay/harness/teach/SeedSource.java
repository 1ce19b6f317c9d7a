package dev.assay.harness.teach;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.teacher.chat.Sampling;
import dev.assay.engine.teacher.prompt.SelfInstructPlan;
import org.jspecify.annotations.Nullable;

/**
 * Instructions after which the teacher writes others.
 *
 * @param file in JSON Lines, as prompts are
 * @param instructions how many are made, and how
 * @param sampling how they are drawn; null for as answers are
 */
public record SeedSource(
    @Describe("JSON Lines with prompt, instruction and input, or messages in each") String file,
    @Describe("how many instructions are made, and how") SelfInstructPlan instructions,
    @Describe("how instructions are drawn; as answers are if left out")
        @Nullable Sampling sampling) {
  public SeedSource {
    Require.that(!file.isBlank(), "file", "'" + file + "'", "a file of JSON Lines");
    Require.that(
        sampling == null || sampling.topLogprobs() == null,
        "sampling",
        "topLogprobs",
        "none: instructions are text alone");
  }
}
