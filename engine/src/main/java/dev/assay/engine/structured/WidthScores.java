package dev.assay.engine.structured;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.model.LayerSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the heads and channels of a layer are worth, told by the columns of the weights that read
 * them.
 */
final class WidthScores {
  private final LayerSpec layer;
  private final double[] attention;
  private final List<double[]> channels;

  /**
   * @param layer what the layer is
   * @param attention of each feature of attention's output; empty where no heads may go
   * @param channels of each expert, or of the one feed-forward, of each of its channels; empty
   *     where none may go
   */
  WidthScores(LayerSpec layer, double[] attention, List<double[]> channels) {
    this.layer = layer;
    this.attention = attention.clone();
    this.channels = channels.stream().map(double[]::clone).toList();
  }

  /** Scores as they come from a script, float32. */
  static double[] doubles(NDArray scores) {
    float[] values = scores.toFloatArray();
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /** What the layer is. */
  LayerSpec layer() {
    return layer;
  }

  /** Of each expert, or of the one feed-forward, the scores of its channels; none where none go. */
  List<double[]> channels() {
    return channels;
  }

  /** Of each key and value head the sum over all features of the heads that it serves. */
  double[] headSums() {
    return heads(attention);
  }

  /** The same, where features are first compared with each other and then averaged. */
  double[] headMeans() {
    double[] sums = heads(standardised(attention));
    int features = sums.length == 0 ? 1 : attention.length / sums.length;
    return Arrays.stream(sums).map(sum -> sum / features).toArray();
  }

  private double[] heads(double[] features) {
    if (features.length == 0) {
      return new double[0];
    }
    double[] sums = new double[layer.attention().keyValueHeads()];
    int width = features.length / sums.length;
    for (int i = 0; i < features.length; i++) {
      sums[i / width] += features[i];
    }
    return sums;
  }

  /** By how many standard deviations scores are above their mean; 0 where they are all alike. */
  static double[] standardised(double[] scores) {
    double mean = Arrays.stream(scores).average().orElse(0);
    double squares = Arrays.stream(scores).map(each -> (each - mean) * (each - mean)).sum();
    double deviation = Math.sqrt(squares / Math.max(1, scores.length - 1));
    return Arrays.stream(scores)
        .map(each -> deviation > 0 ? (each - mean) / deviation : 0)
        .toArray();
  }
}
