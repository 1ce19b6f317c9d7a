package dev.assay.harness.teach;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.teacher.prompt.Prompt;
import dev.assay.engine.teacher.prompt.PromptSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user's prompts.
 *
 * @param file in JSON Lines
 * @param similarity ROUGE-L from which two are alike, and the second is dropped; null drops equal
 *     ones alone
 */
public record PromptSource(
    @Describe("JSON Lines with prompt, instruction and input, or messages in each") String file,
    @Describe("ROUGE-L from which two prompts are alike; equal ones alone if left out")
        @Nullable Double similarity) {
  public PromptSource {
    Require.that(!file.isBlank(), "file", "'" + file + "'", "a file of JSON Lines");
    Require.that(
        similarity == null || similarity > 0 && similarity <= 1,
        "similarity",
        String.valueOf(similarity),
        "above 0, 1 at most");
  }

  /** Of those that were read the ones that are not there already. */
  PromptSet of(List<Prompt> prompts) {
    return PromptSet.of(prompts, similarity == null ? PromptSet.EQUAL_ONLY : similarity);
  }
}
