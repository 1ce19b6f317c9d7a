package dev.assay.harness.hardware.profile;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;

/**
 * Thermal design power.
 *
 * @param tdpWatts of the device, or of the largest one if the profile is about several
 * @param source key of the profile's sources
 */
public record Power(
    @Describe("thermal design power; of the largest device if there are several") double tdpWatts,
    @Describe("key of the profile's sources") String source) {
  public Power {
    Require.that(tdpWatts > 0, "tdpWatts", tdpWatts, "a number above 0");
  }
}
