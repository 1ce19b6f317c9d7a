package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.Require;
import java.time.Duration;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * How often, and after which pauses, a request is tried again.
 *
 * @param attempts tries in all
 * @param firstPause pause after the first failure where the server asks for none that is longer;
 *     each further one is twice as long
 * @param longestPause no pause of ours is longer
 * @param longestWait how long the server may ask to wait; where it asks for more, the run ends with
 *     an error at once, as going on earlier would only be refused. openai-python gives up at two
 *     minutes, less than what limits of requests a minute ask for at times
 * @param timeout an attempt that has not come to its end by then is broken off
 */
public record Patience(
    int attempts,
    Duration firstPause,
    Duration longestPause,
    Duration longestWait,
    Duration timeout) {
  /**
   * Nine attempts, from half a second to a minute apart, so that a limit of requests a minute is
   * outlasted; ten minutes for one.
   */
  public static final Patience DEFAULT =
      new Patience(
          9,
          Duration.ofMillis(500),
          Duration.ofMinutes(1),
          Duration.ofMinutes(10),
          Duration.ofMinutes(10));

  private static final int LAST_DOUBLING = 20;
  private static final double SPREAD = 0.25;

  public Patience {
    Require.atLeast("attempts", attempts, 1);
    Require.that(!timeout.isNegative() && !timeout.isZero(), "timeout", timeout, "above 0");
  }

  /**
   * Our own pause after a failure, up to a quarter shorter, by the request and not by chance, so
   * that many requests refused at once do not come back at once.
   *
   * @param failures failures so far, from 1
   * @param request stands for the request
   */
  Duration pause(int failures, String request) {
    Duration doubled = firstPause.multipliedBy(1L << Math.min(failures - 1, LAST_DOUBLING));
    Duration capped = doubled.compareTo(longestPause) > 0 ? longestPause : doubled;
    double share = (DigestUtils.sha256(request + failures)[0] & 0xff) / 256.0;
    return Duration.ofNanos((long) (capped.toNanos() * (1 - SPREAD * share)));
  }
}
