package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import org.jspecify.annotations.Nullable;

/**
 * How much a server takes in any minute.
 *
 * @param requests requests a minute; null for any number
 * @param tokens tokens a minute, of prompts and answers; null for any number
 */
public record RateLimit(
    @Describe("requests a minute at most") @Nullable Integer requests,
    @Describe("tokens a minute at most, of prompts and answers") @Nullable Long tokens) {
  /** None. */
  public static final RateLimit NONE = new RateLimit(null, null);

  public RateLimit {
    if (requests != null) {
      Require.atLeast("requests", requests, 1);
    }
    if (tokens != null) {
      Require.atLeast("tokens", tokens, 1);
    }
  }
}
