package dev.assay.engine.quantize;

import dev.assay.engine.fixture.GoldenCase;

/** Parameters of the AWQ cases. */
final class AwqFixtures {
  private AwqFixtures() {}

  static AwqParameters parameters(GoldenCase golden) {
    return new AwqParameters(
        golden.parameter("bits").intValue(),
        golden.parameter("group_size").intValue(),
        true,
        true,
        golden.parameter("n_grid").intValue(),
        false,
        false,
        golden.parameter("max_shrink").doubleValue(),
        golden.parameter("n_sample_token").intValue());
  }

  /** The same grid without either search. */
  static AwqParameters roundingOnly(GoldenCase golden) {
    return new AwqParameters(
        golden.parameter("bits").intValue(),
        golden.parameter("group_size").intValue(),
        false,
        false,
        golden.parameter("n_grid").intValue(),
        false,
        false,
        golden.parameter("max_shrink").doubleValue(),
        golden.parameter("n_sample_token").intValue());
  }
}
