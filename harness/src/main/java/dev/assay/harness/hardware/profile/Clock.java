package dev.assay.harness.hardware.profile;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;

/**
 * Clock that a core's peak is multiplied with where the kernel does not tell the highest one.
 *
 * @param gigahertz highest turbo clock of the processors that the profile is about
 * @param source key of the profile's sources
 */
public record Clock(
    @Describe("highest turbo clock of the processors that the profile is about") double gigahertz,
    @Describe("key of the profile's sources") String source) {
  public Clock {
    Require.that(gigahertz > 0, "gigahertz", gigahertz, "a number above 0");
  }
}
