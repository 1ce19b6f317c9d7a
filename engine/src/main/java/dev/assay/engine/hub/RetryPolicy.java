package dev.assay.engine.hub;

import dev.assay.engine.config.Require;
import java.time.Duration;

/**
 * How often and after which pauses a request is tried again.
 *
 * @param attempts tries in all
 * @param firstPause pause after the first failure; each further one is twice as long
 * @param longestPause no pause is longer, whatever the server asks for
 * @param stall time without a byte after which a transfer counts as broken
 */
public record RetryPolicy(
    int attempts, Duration firstPause, Duration longestPause, Duration stall) {
  /** What the command line uses. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(6, Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofSeconds(60));

  private static final int LAST_DOUBLING = 5;

  public RetryPolicy {
    Require.atLeast("attempts", attempts, 1);
  }

  /**
   * The pause after a failure.
   *
   * @param failures failures so far, from 1
   */
  Duration pause(int failures) {
    return cap(firstPause.multipliedBy(1L << Math.min(failures - 1, LAST_DOUBLING)));
  }

  Duration cap(Duration pause) {
    return pause.compareTo(longestPause) > 0 ? longestPause : pause;
  }
}
