package dev.assay.leaderboard.result;

import org.jspecify.annotations.Nullable;

/**
 * What else went on while a set of samples was taken: the evidence by which it counts as disturbed
 * or not. What the machine does not tell is absent.
 *
 * @param waiting share of the time in which some task waited for a processor, 0 to 1 (Linux
 *     pressure-stall information; where there is none, the longest wait of a thread of the measured
 *     process)
 * @param otherWork processors that other processes kept busy on average; 1 is one processor all the
 *     time
 * @param stolen share of the processors' time that a hypervisor took away, 0 to 1
 * @param clock lowest clock over the highest, 0 to 1
 * @param throttles times that a processor was throttled for its heat
 * @param attempts how often the set was taken; samples of the calmest attempt alone are kept
 */
public record Conditions(
    @Nullable Double waiting,
    @Nullable Double otherWork,
    @Nullable Double stolen,
    @Nullable Double clock,
    @Nullable Long throttles,
    int attempts) {
  public Conditions {
    requireShare("waiting", waiting);
    requireShare("stolen", stolen);
    requireShare("clock", clock);
    if (otherWork != null) {
      Magnitude.require("otherWork", otherWork);
    }
    if (throttles != null && throttles < 0) {
      throw new IllegalArgumentException("throttles " + throttles + " is below 0");
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts " + attempts + " is below 1");
    }
  }

  private static void requireShare(String name, @Nullable Double share) {
    if (share != null && !(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(name + " " + share + " is not within [0, 1]");
    }
  }
}
