package dev.assay.harness.measure.cache;

import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tokens of one sequence whose keys and values fit beside the weights, by arithmetic. */
public final class LongestContext {
  private static final String UNIT = "token";

  private LongestContext() {}

  /**
   * Computes it.
   *
   * @param context what tokens take
   * @param memoryBytes of the target; null if nobody knows
   * @param origin where that comes from, or why it is not known
   */
  public static Measurement of(ContextMemory context, @Nullable Long memoryBytes, String origin) {
    if (memoryBytes == null) {
      return Measurement.unsupported(
          Metrics.LONGEST_CONTEXT, Protocol.NONE, UNIT, Direction.HIGHER_IS_BETTER, origin);
    }
    double room = memoryBytes - context.weightBytes() - context.cache().perSequence();
    double tokens = Math.max(0, Math.floor(room / context.cache().perToken()));
    return new Measurement(
        Metrics.LONGEST_CONTEXT,
        Protocol.of(Map.of("memory", memoryBytes + " B, " + origin, "batch", "1")),
        Provenance.COMPUTED,
        tokens,
        UNIT,
        Direction.HIGHER_IS_BETTER,
        null,
        null,
        List.of(),
        String.format(
            "(memory − weights − cache of any length) / cache a token = (%d − %.0f − %.0f) / %.2f;"
                + " the model states %d positions",
            memoryBytes,
            context.weightBytes(),
            context.cache().perSequence(),
            context.cache().perToken(),
            context.positions()));
  }
}
