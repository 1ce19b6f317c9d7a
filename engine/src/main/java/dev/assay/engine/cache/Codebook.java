package dev.assay.engine.cache;

import java.util.Arrays;

/**
 * The values that stand for many numbers with the least squared error: k-means in one dimension by
 * Lloyd's steps, to where no number changes its value any more.
 */
final class Codebook {
  private static final int MOST_STEPS = 10_000;

  private final float[] sorted;
  private final double[] weights;
  private final double[] moments;

  /**
   * @param numbers in any order, at least one
   * @param weights how much each counts
   */
  Codebook(float[] numbers, float[] weights) {
    if (numbers.length == 0 || weights.length != numbers.length) {
      throw new IllegalArgumentException(
          "found %d numbers with %d weights, expected some, with as many"
              .formatted(numbers.length, weights.length));
    }
    this.sorted = new float[numbers.length];
    this.weights = new double[numbers.length + 1];
    this.moments = new double[numbers.length + 1];
    long[] order = new long[numbers.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = rising(numbers[i]) << Integer.SIZE | i;
    }
    Arrays.sort(order);
    for (int i = 0; i < order.length; i++) {
      int place = (int) order[i];
      sorted[i] = numbers[place];
      this.weights[i + 1] = this.weights[i] + weights[place];
      moments[i + 1] = moments[i] + (double) weights[place] * numbers[place];
    }
  }

  /** Numbers that all count alike. */
  static Codebook of(float[] numbers) {
    float[] ones = new float[numbers.length];
    Arrays.fill(ones, 1);
    return new Codebook(numbers, ones);
  }

  /** Equal steps from −1 to 1. */
  static float[] uniform(int bits) {
    float[] values = new float[1 << bits];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (-1 + 2.0 * i / (values.length - 1));
    }
    return values;
  }

  /** Bits that are in the order of the numbers. */
  private static long rising(float number) {
    int bits = Float.floatToIntBits(number);
    return bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
  }

  /** Where the steps begin: quantiles (i + ½) / count, each number counting once. */
  float[] start(int count) {
    float[] start = new float[count];
    for (int i = 0; i < count; i++) {
      start[i] = Percentile.of(sorted, (i + 0.5) / count);
    }
    return start;
  }

  /** The values that Lloyd's steps end with, rising. */
  float[] fit(float[] start) {
    double[] values = new double[start.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = start[i];
    }
    Arrays.sort(values);
    int[] before = {};
    for (int step = 0; step < MOST_STEPS; step++) {
      int[] bounds = bounds(values);
      if (Arrays.equals(bounds, before)) {
        break;
      }
      for (int i = 0; i < values.length; i++) {
        double weight = weights[bounds[i + 1]] - weights[bounds[i]];
        // One that stands for nothing stays where it is.
        if (weight > 0) {
          values[i] = (moments[bounds[i + 1]] - moments[bounds[i]]) / weight;
        }
      }
      before = bounds;
    }
    float[] fitted = new float[values.length];
    for (int i = 0; i < fitted.length; i++) {
      fitted[i] = (float) values[i];
    }
    Arrays.sort(fitted);
    return fitted;
  }

  /** The weighted sum of squared distances to the nearest of rising values. */
  double error(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    int[] bounds = bounds(wide);
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      for (int at = bounds[i]; at < bounds[i + 1]; at++) {
        double distance = sorted[at] - wide[i];
        error += (weights[at + 1] - weights[at]) * distance * distance;
      }
    }
    return error;
  }

  /** Where the numbers of each value begin, and the end of all. */
  private int[] bounds(double[] values) {
    int[] bounds = new int[values.length + 1];
    for (int i = 1; i < values.length; i++) {
      bounds[i] = notAbove((values[i - 1] + values[i]) / 2);
    }
    bounds[values.length] = sorted.length;
    return bounds;
  }

  /** How many numbers are not above one. */
  private int notAbove(double most) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= most) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
