package dev.assay.harness.hardware.profile;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the device.
 *
 * @param gigabytes size as sold, in 10^9 bytes; absent if it varies
 * @param gigabytesPerSecond highest bandwidth, in 10^9 bytes a second
 * @param source key of the profile's sources
 */
public record DeviceMemory(
    @Describe("size as sold; left out if it varies") @Nullable Double gigabytes,
    @Describe("highest bandwidth, in 10^9 bytes a second") double gigabytesPerSecond,
    @Describe("key of the profile's sources") String source) {
  public DeviceMemory {
    Require.that(
        gigabytesPerSecond > 0, "gigabytesPerSecond", gigabytesPerSecond, "a number above 0");
    if (gigabytes != null) {
      Require.that(gigabytes > 0, "gigabytes", gigabytes, "a number above 0");
    }
  }
}
