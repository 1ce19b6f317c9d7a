package dev.assay.harness.hardware.ceiling;

import dev.assay.leaderboard.result.Ceiling;
import java.util.List;

/**
 * What the measurement of a machine's limits gave.
 *
 * @param ceilings limits with their raw samples
 * @param unavailable limits that could not be measured, each with the reason
 */
public record MeasuredCeilings(List<Ceiling> ceilings, List<String> unavailable) {
  public MeasuredCeilings {
    ceilings = List.copyOf(ceilings);
    unavailable = List.copyOf(unavailable);
  }
}
