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
 * @param training how it trained; absent of a stage that does not, and in results of an older build
 */
public record StageStep(
    String stage,
    double seconds,
    StageSize size,
    @Nullable Measurement perplexity,
    @Nullable String unmeasured,
    @Nullable StageTraining training) {
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

  /** Of a stage that did not train. */
  public StageStep(
      String stage,
      double seconds,
      StageSize size,
      @Nullable Measurement perplexity,
      @Nullable String unmeasured) {
    this(stage, seconds, size, perplexity, unmeasured, null);
  }

  /** The same with a perplexity. */
  public StageStep with(Measurement taken) {
    return new StageStep(stage, seconds, size, taken, null, training);
  }

  /** The same without one, for a reason. */
  public StageStep without(String reason) {
    return new StageStep(stage, seconds, size, null, reason, training);
  }

  /** The same of a stage that trained. */
  public StageStep trained(@Nullable StageTraining how) {
    return new StageStep(stage, seconds, size, perplexity, unmeasured, how);
  }
}
