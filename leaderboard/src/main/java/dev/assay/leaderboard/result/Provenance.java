package dev.assay.leaderboard.result;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a figure was obtained. Stands beside every figure that Assay shows. */
public enum Provenance {
  /** Observed by running the compressed model in the form that is stored. */
  @JsonProperty("measured")
  MEASURED,
  /** Follows by arithmetic from shapes, bytes or other measurements. */
  @JsonProperty("computed")
  COMPUTED,
  /**
   * Observed on a stand-in (a dequantised or dense form of the weights); never ranked as a gain.
   */
  @JsonProperty("simulated")
  SIMULATED,
  /** Not obtainable here; the measurement carries the reason and no value. */
  @JsonProperty("unsupported")
  UNSUPPORTED
}
