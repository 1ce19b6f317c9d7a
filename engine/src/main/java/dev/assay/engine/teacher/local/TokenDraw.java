package dev.assay.engine.teacher.local;

import dev.assay.engine.teacher.chat.Sampling;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Draws tokens by their logits, as a sampling says. */
final class TokenDraw {
  private final double temperature;
  private final double topP;
  private final SplittableRandom random;

  TokenDraw(Sampling sampling, SplittableRandom random) {
    this.temperature = sampling.temperature() == null ? 0 : sampling.temperature();
    this.topP = sampling.topP() == null ? 1 : sampling.topP();
    this.random = random;
  }

  /** The next token. */
  int of(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    if (temperature == 0) {
      return best;
    }
    double[] weights = new double[logits.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp(((double) logits[i] - logits[best]) / temperature);
    }
    int[] order = topP < 1 ? falling(weights) : IntStream.range(0, weights.length).toArray();
    double all = Arrays.stream(weights).sum();
    int kept = topP < 1 ? kept(weights, order, topP * all) : order.length;
    double left = Arrays.stream(order, 0, kept).mapToDouble(i -> weights[i]).sum();
    double at = random.nextDouble() * left;
    for (int i = 0; i < kept; i++) {
      at -= weights[order[i]];
      if (at < 0) {
        return order[i];
      }
    }
    return best;
  }

  private static int[] falling(double[] weights) {
    return IntStream.range(0, weights.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -weights[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The fewest of the most probable that together have as much as is wanted. */
  private static int kept(double[] weights, int[] order, double wanted) {
    double sum = 0;
    int kept = 0;
    while (kept < order.length && sum < wanted) {
      sum += weights[order[kept]];
      kept++;
    }
    return Math.max(1, kept);
  }
}
