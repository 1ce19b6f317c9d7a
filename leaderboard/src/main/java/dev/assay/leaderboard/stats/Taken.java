package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import java.util.List;
import java.util.Optional;

/**
 * A figure with the cell that it was taken of, whose other figures may say what its samples are.
 *
 * @param result the cell's result
 * @param figure one of its measurements
 */
record Taken(Result result, Measurement figure) {
  /**
   * The perplexity from whose losses bits per byte were made: it stands right before them.
   *
   * @return empty unless this is a figure in bits per byte
   */
  Optional<Measurement> perplexity() {
    List<Measurement> all = result.measurements();
    int at = all.indexOf(figure);
    return figure.metric().equals(Metrics.BITS_PER_BYTE)
            && at > 0
            && all.get(at - 1).metric().equals(Metrics.PERPLEXITY)
        ? Optional.of(all.get(at - 1))
        : Optional.empty();
  }
}
