package dev.assay.engine.conditional;

import dev.assay.engine.calibration.SeenExperts;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** How much a layer's router makes of its experts. */
final class ExpertUsage {
  private static final int CHOSEN = 0;
  private static final int PROBABILITIES = 1;
  private static final int SHARES = 2;

  private final int experts;
  private final double[] sums;
  private long tokens;

  ExpertUsage(int experts) {
    this.experts = experts;
    this.sums = new double[3 * experts];
  }

  /** Takes up what a sample shows. */
  void add(SeenExperts seen) {
    RoutingScript script = new RoutingScript(seen);
    double[] found = script.usage();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += found[i];
    }
    tokens += seen.input().getShape().get(1);
  }

  long tokens() {
    return tokens;
  }

  /** Tokens that chose an expert. */
  long chosen(int expert) {
    return Math.round(sums[CHOSEN * experts + expert]);
  }

  /** Its probability, averaged over all tokens. */
  double meanProbability(int expert) {
    return sums[PROBABILITIES * experts + expert] / tokens;
  }

  /** Its share in what the layer gives, averaged over all tokens. */
  double meanShare(int expert) {
    return sums[SHARES * experts + expert] / tokens;
  }

  /** All experts, those that the fewest tokens chose before others; then the less probable ones. */
  List<Integer> seldomFirst() {
    return IntStream.range(0, experts)
        .boxed()
        .sorted(
            Comparator.<Integer>comparingLong(this::chosen)
                .thenComparingDouble(this::meanProbability))
        .toList();
  }
}
