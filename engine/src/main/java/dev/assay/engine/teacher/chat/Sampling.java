package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a teacher draws its answers. What is null is left to the server.
 *
 * @param temperature divides the logits; 0 takes the most probable token
 * @param topP keeps the most probable tokens that together have this probability
 * @param maxTokens tokens of an answer at most
 * @param n answers to each prompt
 * @param seed of the draws, for servers that heed it
 * @param stop texts that end an answer, four at most
 * @param topLogprobs alternatives to each token of which the log-probabilities are asked for; null
 *     asks for none, and 0 for those of the answer's own tokens
 */
public record Sampling(
    @Describe("divides the logits; 0 takes the most probable token") @Nullable Double temperature,
    @Describe("keeps the most probable tokens that together have this probability")
        @Nullable Double topP,
    @Describe("tokens of an answer at most") @Nullable Integer maxTokens,
    @Describe("answers to each prompt") @Nullable Integer n,
    @Describe("seed of the draws, for servers that heed it") @Nullable Long seed,
    @Describe("texts that end an answer") @Nullable List<String> stop,
    @Describe("alternatives to each token whose log-probabilities are asked for")
        @Nullable Integer topLogprobs) {
  /** Everything is left to the server. */
  public static final Sampling OF_THE_SERVER =
      new Sampling(null, null, null, null, null, null, null);

  private static final int MOST_STOPS = 4;
  private static final int MOST_ALTERNATIVES = 20;
  private static final int MOST_ANSWERS = 128;

  public Sampling {
    if (temperature != null) {
      Require.within("temperature", temperature, 0, 2);
    }
    if (topP != null) {
      Require.that(topP > 0 && topP <= 1, "topP", topP, "a number above 0, 1 at most");
    }
    if (maxTokens != null) {
      Require.atLeast("maxTokens", maxTokens, 1);
    }
    if (n != null) {
      Require.between("n", n, 1, MOST_ANSWERS);
    }
    if (stop != null) {
      Require.that(
          stop.size() <= MOST_STOPS && stop.stream().noneMatch(String::isEmpty),
          "stop",
          stop,
          MOST_STOPS + " texts at most, none of them empty");
      stop = List.copyOf(stop);
    }
    if (topLogprobs != null) {
      Require.between("topLogprobs", topLogprobs, 0, MOST_ALTERNATIVES);
    }
  }

  /** Answers to each prompt. */
  public int answers() {
    return n == null ? 1 : n;
  }

  /** With another seed. */
  public Sampling withSeed(long other) {
    return new Sampling(temperature, topP, maxTokens, n, other, stop, topLogprobs);
  }

  /** With some length of an answer at most. */
  public Sampling withMaxTokens(int most) {
    return new Sampling(temperature, topP, most, n, seed, stop, topLogprobs);
  }
}
