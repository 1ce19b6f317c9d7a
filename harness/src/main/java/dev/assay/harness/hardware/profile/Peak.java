package dev.assay.harness.hardware.profile;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import org.jspecify.annotations.Nullable;

/**
 * Highest arithmetic rate of a whole device. A multiply-add counts as two operations.
 *
 * @param dtype type of the factors
 * @param denseTeraOps 10^12 operations a second on dense matrices
 * @param sparseTeraOps 10^12 operations a second on matrices with 2:4 sparsity, counted as if they
 *     were dense; absent if the device has no such mode
 * @param source key of the profile's sources
 */
public record Peak(
    @Describe("type of the factors") Arithmetic dtype,
    @Describe("10^12 operations a second on dense matrices; a multiply-add is two")
        double denseTeraOps,
    @Describe("the same with 2:4 sparsity, zeros counted; left out if the device has no such mode")
        @Nullable Double sparseTeraOps,
    @Describe("key of the profile's sources") String source) {
  public Peak {
    Require.that(denseTeraOps > 0, "denseTeraOps", denseTeraOps, "a number above 0");
    if (sparseTeraOps != null) {
      Require.that(
          sparseTeraOps > denseTeraOps,
          "sparseTeraOps",
          sparseTeraOps,
          "more than the dense " + denseTeraOps);
    }
  }
}
