package dev.assay.engine.slice;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What calibration tells of a norm of the stream: of each channel, divided as the norm divides and
 * not multiplied yet, the mean over tokens and the mean square. Where the channels that go would
 * have told the norm more, or less, than those that stay, these would all come out too large, or
 * too small: {@link #factor} is what makes up for it.
 */
final class StreamNorm {
  private final double[] squares;
  private final double[] means;
  private final boolean centred;

  /**
   * @param squares mean square of each channel
   * @param means mean of each channel
   * @param centred whether the norm takes the mean of a token's channels away
   */
  StreamNorm(double[] squares, double[] means, boolean centred) {
    this.squares = squares.clone();
    this.means = means.clone();
    this.centred = centred;
  }

  /** Of a bias beside a smaller weight nothing is to be seen but the bias. */
  private static final double SEEN = 1e-2;

  /**
   * The same from what the norm puts out. What a channel was before it was multiplied by 0, or by
   * next to nothing beside its bias, nobody knows: such ones count as the mean of the others.
   *
   * @param squares mean square of each output
   * @param means mean of each output
   * @param weight by which the norm multiplies
   * @param bias which it adds; zeros where it adds none
   */
  static StreamNorm ofOutputs(
      double[] squares, double[] means, float[] weight, float[] bias, boolean centred) {
    double[] before = new double[weight.length];
    double[] mean = new double[weight.length];
    for (int i = 0; i < weight.length; i++) {
      double factor = weight[i];
      double added = bias[i];
      before[i] =
          Math.max(0, squares[i] - 2 * added * means[i] + added * added) / (factor * factor);
      mean[i] = (means[i] - added) / factor;
    }
    IntPredicate seen = i -> weight[i] != 0 && Math.abs(weight[i]) >= SEEN * Math.abs(bias[i]);
    int[] known = IntStream.range(0, weight.length).filter(seen).toArray();
    double usual = Arrays.stream(known).mapToDouble(i -> before[i]).average().orElse(1);
    for (int i = 0; i < weight.length; i++) {
      if (!seen.test(i)) {
        before[i] = usual;
        mean[i] = 0;
      }
    }
    return new StreamNorm(before, mean, centred);
  }

  /**
   * By what a norm of some channels is to multiply besides, so that on average they come out as
   * large as before; 1 where nothing is known. Where the others are always 0 that is exact, but for
   * the epsilon, of norms that take no mean. Of those that do, the means of the channels that stay
   * are taken to be alike for all tokens.
   *
   * @param kept those channels
   */
  double factor(long[] kept) {
    double before = spread(LongStream.range(0, squares.length).toArray());
    double after = spread(kept);
    return before > 0 && after > 0 ? Math.sqrt(after / before) : 1;
  }

  /** What a norm of some channels would divide by, squared. */
  private double spread(long[] channels) {
    double square = LongStream.of(channels).mapToDouble(i -> squares[(int) i]).average().orElse(0);
    if (!centred) {
      return square;
    }
    double mean = LongStream.of(channels).mapToDouble(i -> means[(int) i]).average().orElse(0);
    return square - mean * mean;
  }
}
