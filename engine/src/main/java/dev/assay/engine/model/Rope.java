package dev.assay.engine.model;

/**
 * Rotary position embedding, half-split: with f_i = theta^(−2i/d), the pair (x_i, x_{i+d/2}) of a
 * head turns by position · f_i (Su et al. 2021, in the layout of the Hugging Face models).
 *
 * @param theta base
 * @param dimensions rotated dimensions of a head, even
 * @param scaling how frequencies are stretched
 */
public record Rope(double theta, int dimensions, RopeScaling scaling) {
  public Rope {
    if (dimensions < 2 || dimensions % 2 != 0) {
      throw new IllegalArgumentException(
          "rotary dimensions: found " + dimensions + ", expected an even number");
    }
    if (!(theta > 0)) {
      throw new IllegalArgumentException("rope_theta: found " + theta + ", expected above 0");
    }
  }

  /** The angle per position of each pair, radians, [dimensions / 2]. */
  public double[] frequencies() {
    double[] frequencies = new double[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = scaled(Math.pow(theta, -2.0 * i / dimensions));
    }
    return frequencies;
  }

  private double scaled(double frequency) {
    if (scaling instanceof RopeScaling.Linear linear) {
      return frequency / linear.factor();
    }
    if (scaling instanceof RopeScaling.Llama3 llama) {
      double wavelength = 2 * Math.PI / frequency;
      double ratio = llama.originalContext() / wavelength;
      if (ratio < llama.lowFrequencyFactor()) {
        return frequency / llama.factor();
      }
      if (ratio > llama.highFrequencyFactor()) {
        return frequency;
      }
      double keep =
          (ratio - llama.lowFrequencyFactor())
              / (llama.highFrequencyFactor() - llama.lowFrequencyFactor());
      return (1 - keep) * frequency / llama.factor() + keep * frequency;
    }
    return frequency;
  }

  /** Cosines of all angles, row by row of positions, [positions · dimensions / 2]. */
  public float[] cosines(int positions) {
    return table(positions, true);
  }

  /** Sines of all angles, row by row of positions, [positions · dimensions / 2]. */
  public float[] sines(int positions) {
    return table(positions, false);
  }

  private float[] table(int positions, boolean cosine) {
    double[] frequencies = frequencies();
    float[] table = new float[positions * frequencies.length];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < frequencies.length; i++) {
        double angle = position * frequencies[i];
        table[position * frequencies.length + i] =
            (float) (cosine ? Math.cos(angle) : Math.sin(angle));
      }
    }
    return table;
  }
}
