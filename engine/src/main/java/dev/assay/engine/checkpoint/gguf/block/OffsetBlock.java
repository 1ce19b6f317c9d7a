package dev.assay.engine.checkpoint.gguf.block;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A super-block whose runs have a scale and an offset each: value = d · scale · code − dmin ·
 * offset.
 *
 * @param d float16
 * @param dmin float16
 * @param scales whole numbers, one a run
 * @param offsets the same
 * @param codes one a value
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on, never compared.
record OffsetBlock(short d, short dmin, int[] scales, int[] offsets, int[] codes) {
  /**
   * How a type rounds.
   *
   * @param run values a run
   * @param levels greatest scale or offset of a run
   * @param plain search without importance
   * @param weighted search with it
   * @param variance of the weights with importance, in mean squares of the super-block
   */
  record Rule(int run, int levels, OffsetSearch plain, OffsetSearch weighted, float variance) {}

  @SuppressWarnings("ArrayRecordComponent") // Passed on, never compared.
  private record Rounded(float d, int[] codes) {}

  static OffsetBlock of(Rule rule, float[] x, float @Nullable [] importance) {
    int runs = x.length / rule.run;
    float[] scales = new float[runs];
    float[] offsets = new float[runs];
    float[] sums = new float[runs];
    int[] codes = new int[x.length];
    float variance = rule.variance * Importance.sumOfSquares(x, 0, x.length) / x.length;
    for (int run = 0; run < runs; run++) {
      int from = run * rule.run;
      float[] values = Arrays.copyOfRange(x, from, from + rule.run);
      float[] weights =
          importance == null
              ? plainWeights(values, rule.plain.absolute())
              : Importance.weights(importance, x, from, rule.run, variance);
      OffsetSearch search = importance == null ? rule.plain : rule.weighted;
      OffsetSearch.Found found = search.find(values, weights);
      scales[run] = found.scale();
      offsets[run] = found.offset();
      sums[run] = Importance.sum(weights);
      System.arraycopy(found.codes(), 0, codes, from, rule.run);
    }
    boolean weighted = importance != null;
    Rounded rounded = weighted ? fitted(scales, sums, rule) : scaled(scales, rule.levels);
    Rounded low = weighted ? fitted(offsets, sums, rule) : scaled(offsets, rule.levels);
    OffsetBlock block =
        new OffsetBlock(
            Half.fromFloat(rounded.d), Half.fromFloat(low.d), rounded.codes, low.codes, codes);
    block.roundAgain(x, rule);
    return block;
  }

  /** Magnitudes, above those of wider types' runs their root mean square. */
  private static float[] plainWeights(float[] x, boolean magnitudes) {
    float base =
        magnitudes ? 0 : (float) Math.sqrt(Importance.sumOfSquares(x, 0, x.length) / x.length);
    float[] weights = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      weights[i] = base + Math.abs(x[i]);
    }
    return weights;
  }

  private static Rounded scaled(float[] values, int levels) {
    float most = 0;
    for (float value : values) {
      most = Math.max(most, value);
    }
    int[] codes = new int[values.length];
    if (most > 0) {
      float inverse = levels / most;
      for (int i = 0; i < values.length; i++) {
        codes[i] = Math.min(levels, Rounding.halfEven(inverse * values[i]));
      }
    }
    return new Rounded(most / levels, codes);
  }

  private static Rounded fitted(float[] values, float[] weights, Rule rule) {
    ScaleSearch.Found found = ScaleSearch.find(values, weights, rule.levels);
    return new Rounded(found.scale(), found.codes());
  }

  /** Codes by the scales as they are stored; where one is 0 the search's stay. */
  private void roundAgain(float[] x, Rule rule) {
    float scale = Half.toFloat(d);
    float low = Half.toFloat(dmin);
    for (int i = 0; i < x.length; i++) {
      int run = i / rule.run;
      float step = scale * scales[run];
      if (step != 0) {
        float raised = x[i] + low * offsets[run];
        codes[i] = Rounding.halfEven(raised / step, 0, rule.plain.greatest());
      }
    }
  }
}
