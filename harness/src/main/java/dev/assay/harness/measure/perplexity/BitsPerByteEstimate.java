package dev.assay.harness.measure.perplexity;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.stats.MeanInterval;
import dev.assay.leaderboard.stats.Summary;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bits per byte with what the spread of the windows says of its certainty.
 *
 * @param value bits of all windows over their bytes
 * @param standardError of that quotient of two sums, linearised: the windows' deviations are those
 *     of their bits from what their bytes would cost on average; null for one window
 * @param interval Student's of the same deviations; null for one window
 * @param windows the quotient of each
 */
record BitsPerByteEstimate(
    double value,
    @Nullable Double standardError,
    @Nullable Interval interval,
    List<Double> windows) {
  BitsPerByteEstimate {
    windows = List.copyOf(windows);
  }

  /**
   * @param losses of each window
   * @param bytes of each, at least 1
   */
  static BitsPerByteEstimate of(List<LossSum> losses, List<Long> bytes) {
    double nats = losses.stream().mapToDouble(LossSum::nats).sum();
    double all = bytes.stream().mapToDouble(Long::doubleValue).sum();
    double value = bits(nats) / all;
    List<Double> windows = new ArrayList<>();
    List<Double> linear = new ArrayList<>();
    for (int i = 0; i < losses.size(); i++) {
      double own = bytes.get(i);
      double cost = bits(losses.get(i).nats());
      windows.add(cost / own);
      linear.add(value + (cost - value * own) / (all / losses.size()));
    }
    if (losses.size() < 2) {
      return new BitsPerByteEstimate(value, null, null, windows);
    }
    return new BitsPerByteEstimate(
        value,
        Summary.of(linear).standardError(),
        MeanInterval.of(linear, PerplexityEstimate.CONFIDENCE).orElse(null),
        windows);
  }

  private static double bits(double nats) {
    return nats / Math.log(2);
  }
}
