package dev.assay.engine.model;

import java.util.function.DoubleUnaryOperator;

/**
 * Rotary position embedding: with f_i = theta^(−2i/d), pair i of a head's first d dimensions turns
 * by position · f_i (Su et al. 2021).
 *
 * @param theta base
 * @param dimensions rotated dimensions of a head, even
 * @param scaling how frequencies are stretched
 * @param pairs which dimensions make a pair
 */
public record Rope(double theta, int dimensions, RopeScaling scaling, Pairs pairs) {
  /** Which dimensions make a pair. */
  public enum Pairs {
    /** i and i + d/2, as in most of the Hugging Face models. */
    HALVES,
    /** 2i and 2i + 1. */
    NEIGHBOURS
  }

  public Rope {
    if (dimensions < 2 || dimensions % 2 != 0) {
      throw new IllegalArgumentException(
          "rotary dimensions: found " + dimensions + ", expected an even number");
    }
    StackSpec.finite("rope_theta", theta, false);
    scaling.requirePairs(dimensions / 2);
  }

  /**
   * The angle per position of each pair, radians, [dimensions / 2].
   *
   * @param length tokens of the sequence, its past included
   */
  public double[] frequencies(int length) {
    double[] frequencies = new double[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = scaling.scaled(Math.pow(theta, -2.0 * i / dimensions), i, length);
    }
    return frequencies;
  }

  /** Cosines of all angles, row by row of positions, [positions · dimensions / 2]. */
  public float[] cosines(int positions, int length) {
    return table(positions, length, Math::cos);
  }

  /** Sines of all angles, row by row of positions, [positions · dimensions / 2]. */
  public float[] sines(int positions, int length) {
    return table(positions, length, Math::sin);
  }

  private float[] table(int positions, int length, DoubleUnaryOperator function) {
    double[] frequencies = frequencies(length);
    double factor = scaling.factorOfTables();
    float[] table = new float[positions * frequencies.length];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < frequencies.length; i++) {
        table[position * frequencies.length + i] =
            (float) (factor * function.applyAsDouble(position * frequencies[i]));
      }
    }
    return table;
  }
}
