package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The divisors of the rotary frequencies that Llama 3.1's files hold as a tensor, and the settings
 * that they came from: wavelengths above original / low are divided by the factor, those below
 * original / high are kept, those between are blended.
 */
final class RopeDivisors {
  /** The settings give the divisors back within some roundings to float32. */
  private static final double TOLERANCE = 1e-5;

  private RopeDivisors() {}

  /** Divisors of {@code dimensions / 2} frequencies. */
  static float[] of(JsonNode config, int dimensions) {
    ModelConfig rope = new ModelConfig(config).rope();
    return of(
        new ModelConfig(config).ropeTheta(),
        dimensions,
        rope.real("factor"),
        rope.real("low_freq_factor"),
        rope.real("high_freq_factor"),
        rope.real("original_max_position_embeddings"));
  }

  private static float[] of(
      double theta, int dimensions, double factor, double low, double high, double original) {
    float[] divisors = new float[dimensions / 2];
    for (int i = 0; i < divisors.length; i++) {
      double wavelength = wavelength(theta, dimensions, i);
      if (wavelength < original / high) {
        divisors[i] = 1;
      } else if (wavelength > original / low) {
        divisors[i] = (float) factor;
      } else {
        double smooth = (original / wavelength - low) / (high - low);
        divisors[i] = (float) (1 / ((1 - smooth) / factor + smooth));
      }
    }
    return divisors;
  }

  private static double wavelength(double theta, int dimensions, int index) {
    return 2 * Math.PI * Math.pow(theta, 2.0 * index / dimensions);
  }

  /**
   * {@code rope_scaling} that stands for divisors: {@code llama3} where its settings can be told
   * from them, {@code linear} where all are equal, otherwise {@code longrope} with the divisors as
   * its factors whatever the length.
   *
   * @param context longest context of the model
   */
  static ObjectNode scaling(float[] divisors, double theta, long context) {
    ObjectNode scaling = JsonNodeFactory.instance.objectNode();
    float factor = divisors[divisors.length - 1];
    double[] settings = llama3(divisors, theta, factor);
    if (settings.length > 0) {
      return scaling
          .put("rope_type", "llama3")
          .put("factor", (double) factor)
          .put("low_freq_factor", settings[0])
          .put("high_freq_factor", settings[1])
          .put("original_max_position_embeddings", (int) settings[2]);
    }
    if (divisors[0] == factor) {
      return scaling.put("rope_type", "linear").put("factor", (double) factor);
    }
    scaling.put("rope_type", "longrope").put("attention_factor", 1.0).put("factor", 1.0);
    scaling.put("original_max_position_embeddings", Math.min(context, Integer.MAX_VALUE));
    for (String key : List.of("short_factor", "long_factor")) {
      ArrayNode factors = scaling.putArray(key);
      for (float divisor : divisors) {
        factors.add((double) divisor);
      }
    }
    return scaling;
  }

  /**
   * Low and high factor and original context, or nothing where they cannot be told. Blended
   * divisors lie on a line, original / (high − low) · 1/wavelength − low / (high − low); files are
   * made with low = 1, which fixes the rest.
   */
  private static double[] llama3(float[] divisors, double theta, double factor) {
    int dimensions = divisors.length * 2;
    List<double[]> points = new ArrayList<>();
    for (int i = 0; i < divisors.length; i++) {
      if (divisors[i] > 1 && divisors[i] < factor) {
        double smooth = (1.0 / divisors[i] - 1 / factor) / (1 - 1 / factor);
        points.add(new double[] {1 / wavelength(theta, dimensions, i), smooth});
      }
    }
    if (points.size() < 2) {
      return new double[0];
    }
    double[] first = points.get(0);
    double[] last = points.get(points.size() - 1);
    double slope = (last[1] - first[1]) / (last[0] - first[0]);
    double intercept = first[1] - slope * first[0];
    double low = 1;
    double high = rounded(low - low / intercept);
    double original = Math.rint(slope * (high - low));
    if (!(high > low) || !(original >= 1) || original > Integer.MAX_VALUE) {
      return new double[0];
    }
    float[] again = of(theta, dimensions, factor, low, high, original);
    for (int i = 0; i < again.length; i++) {
      if (Math.abs(again[i] - divisors[i]) > TOLERANCE * divisors[i]) {
        return new double[0];
      }
    }
    return new double[] {low, high, original};
  }

  private static double rounded(double value) {
    return Math.rint(value * 1000) / 1000;
  }
}
