package dev.assay.engine.structured;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Keeps the best of some. */
final class KeptUnits {
  private KeptUnits() {}

  /**
   * A number of some, at least one.
   *
   * @param multiple that it is rounded up to a multiple of, where there are as many
   */
  static int inMultiples(int count, int all, int multiple) {
    return (int) Math.min(all, (long) (Math.max(1, count) + multiple - 1) / multiple * multiple);
  }

  /** The indices of those with the greatest scores, rising; of equals the later ones. */
  static List<Integer> best(double[] scores, int count) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted((a, b) -> Double.compare(scores[a], scores[b]))
        .skip(scores.length - count)
        .sorted()
        .toList();
  }

  /**
   * The indices of those above a border, rising; the best one where none is.
   *
   * @param multiple that the number is rounded up to a multiple of, by the best of the others
   */
  static List<Integer> above(double[] scores, double border, int multiple) {
    int above = (int) Arrays.stream(scores).filter(score -> score > border).count();
    return best(scores, inMultiples(above, scores.length, multiple));
  }
}
