package dev.assay.leaderboard.result;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which way a metric is better. */
public enum Direction {
  @JsonProperty("lower")
  LOWER_IS_BETTER,
  @JsonProperty("higher")
  HIGHER_IS_BETTER,
  /** A description (arithmetic intensity, say) that has no better and worse. */
  @JsonProperty("neutral")
  NEUTRAL
}
