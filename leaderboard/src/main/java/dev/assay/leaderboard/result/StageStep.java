package dev.assay.leaderboard.result;

import org.jspecify.annotations.Nullable;

/**
 * What one stage of a recipe bought.
 *
 * @param stage its name
 * @param seconds wall time that it took
 * @param size what the model amounts to behind it
 * @param perplexity of the model behind it, by the protocol of the cell's first perplexity; of the
 *     last stage the cell's own. Absent where it was not taken
 * @param unmeasured why it was not; present exactly then
 */
public record StageStep(
    String stage,
    double seconds,
    StageSize size,
    @Nullable Measurement perplexity,
    @Nullable String unmeasured) {
  public StageStep {
    Require.name("stage", stage);
    Magnitude.require(stage + ": seconds", seconds);
    if ((perplexity == null) == (unmeasured == null || unmeasured.isBlank())) {
      throw new IllegalArgumentException(
          stage + ": a reason is given exactly where there is no perplexity");
    }
    if (perplexity != null
        && (!perplexity.metric().equals(Metrics.PERPLEXITY) || perplexity.value() == null)) {
      throw new IllegalArgumentException(
          stage
              + ": perplexity: found "
              + perplexity.metric()
              + " "
              + perplexity.value()
              + ", expected a perplexity with a value");
    }
  }

  /** The same with a perplexity. */
  public StageStep with(Measurement taken) {
    return new StageStep(stage, seconds, size, taken, null);
  }

  /** The same without one, for a reason. */
  public StageStep without(String reason) {
    return new StageStep(stage, seconds, size, null, reason);
  }
}
