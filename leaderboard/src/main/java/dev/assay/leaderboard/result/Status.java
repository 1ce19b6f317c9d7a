package dev.assay.leaderboard.result;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a cell ended. */
public enum Status {
  @JsonProperty("succeeded")
  SUCCEEDED,
  @JsonProperty("failed")
  FAILED
}
