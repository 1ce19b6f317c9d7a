package dev.assay.harness.run.machine;

import dev.assay.harness.hardware.Reading;
import dev.assay.harness.hardware.profile.ProfileMatch;
import dev.assay.harness.suite.Device;
import dev.assay.leaderboard.result.Environment;
import org.jspecify.annotations.Nullable;

/**
 * Memory that a target's models have, weights and all.
 *
 * @param bytes how much; null if nobody knows
 * @param origin where that comes from, or why it is not known
 */
public record TargetMemory(@Nullable Long bytes, String origin) {
  private static final double GIGABYTE = 1e9;

  /** That of the profile, where it states one; else of the machine. */
  public static TargetMemory of(
      Device device, Environment environment, Reading<ProfileMatch> profile) {
    ProfileMatch match = profile.orNull();
    if (match != null && match.profile().memory() != null) {
      Double stated = match.profile().memory().gigabytes();
      if (stated != null) {
        return new TargetMemory(
            (long) (stated * GIGABYTE), "by the profile " + match.profile().name());
      }
    }
    if (device == Device.CPU) {
      return new TargetMemory(environment.memory().totalBytes(), "of the machine");
    }
    return new TargetMemory(null, "no profile says how much memory the device has");
  }
}
