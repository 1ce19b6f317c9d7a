package dev.assay.engine.family;

import java.util.function.DoubleUnaryOperator;

/** Transformer arithmetic in float64, one loop at a time, [tokens][features]. */
final class PlainMath {
  private PlainMath() {}

  static double[][] linear(double[][] x, double[][] weight, double[] bias) {
    double[][] y = new double[x.length][weight.length];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < weight.length; o++) {
        double sum = bias.length == 0 ? 0 : bias[o];
        for (int i = 0; i < x[t].length; i++) {
          sum += x[t][i] * weight[o][i];
        }
        y[t][o] = sum;
      }
    }
    return y;
  }

  static double[][] rms(double[][] x, double[] weight, double epsilon, double offset) {
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double square = 0;
      for (double value : x[t]) {
        square += value * value / x[t].length;
      }
      y[t] = new double[x[t].length];
      for (int i = 0; i < x[t].length; i++) {
        y[t][i] = x[t][i] / Math.sqrt(square + epsilon) * (offset + weight[i]);
      }
    }
    return y;
  }

  static double[][] layerNorm(double[][] x, double[] weight, double[] bias, double epsilon) {
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double mean = 0;
      for (double value : x[t]) {
        mean += value / x[t].length;
      }
      double variance = 0;
      for (double value : x[t]) {
        variance += (value - mean) * (value - mean) / x[t].length;
      }
      y[t] = new double[x[t].length];
      for (int i = 0; i < x[t].length; i++) {
        y[t][i] = (x[t][i] - mean) / Math.sqrt(variance + epsilon) * weight[i] + bias[i];
      }
    }
    return y;
  }

  static double[][] plus(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][a[0].length];
    for (int t = 0; t < a.length; t++) {
      for (int i = 0; i < a[t].length; i++) {
        sum[t][i] = a[t][i] + b[t][i];
      }
    }
    return sum;
  }

  static double[][] times(double[][] a, double[][] b) {
    double[][] product = new double[a.length][a[0].length];
    for (int t = 0; t < a.length; t++) {
      for (int i = 0; i < a[t].length; i++) {
        product[t][i] = a[t][i] * b[t][i];
      }
    }
    return product;
  }

  static double[][] map(double[][] x, DoubleUnaryOperator function) {
    double[][] y = new double[x.length][x[0].length];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        y[t][i] = function.applyAsDouble(x[t][i]);
      }
    }
    return y;
  }

  /** Columns {@code from} to {@code to}. */
  static double[][] columns(double[][] x, int from, int to) {
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      y[t] = java.util.Arrays.copyOfRange(x[t], from, to);
    }
    return y;
  }

  /** Turns a head's halves by the position. */
  static double[][] turn(double[][] head, double theta) {
    int width = head[0].length;
    double[][] y = new double[head.length][width];
    for (int t = 0; t < head.length; t++) {
      for (int i = 0; i < width / 2; i++) {
        double angle = t * Math.pow(theta, -2.0 * i / width);
        double a = head[t][i];
        double b = head[t][i + width / 2];
        y[t][i] = a * Math.cos(angle) - b * Math.sin(angle);
        y[t][i + width / 2] = b * Math.cos(angle) + a * Math.sin(angle);
      }
    }
    return y;
  }

  /** What is done to the score of query t and key j before the softmax. */
  interface Score {
    double of(double dot, int t, int j);
  }

  /** One head; a window of 0 sees all positions up to the query's own. */
  static double[][] attend(double[][] q, double[][] k, double[][] v, int window, Score score) {
    double[][] out = new double[q.length][v[0].length];
    for (int t = 0; t < q.length; t++) {
      int first = window == 0 ? 0 : Math.max(0, t - window + 1);
      double[] weights = new double[t + 1];
      double sum = 0;
      for (int j = first; j <= t; j++) {
        double dot = 0;
        for (int i = 0; i < q[t].length; i++) {
          dot += q[t][i] * k[j][i];
        }
        weights[j] = Math.exp(score.of(dot, t, j));
        sum += weights[j];
      }
      for (int j = first; j <= t; j++) {
        for (int i = 0; i < v[j].length; i++) {
          out[t][i] += weights[j] / sum * v[j][i];
        }
      }
    }
    return out;
  }

  static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  static double geluTanh(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  /** With the error function, by the series of its integral. */
  static double gelu(double x) {
    double z = x / Math.sqrt(2);
    double term = z;
    double sum = z;
    for (int n = 1; n < 200; n++) {
      term *= -z * z / n;
      sum += term / (2 * n + 1);
    }
    return 0.5 * x * (1 + 2 / Math.sqrt(Math.PI) * sum);
  }
}
