package dev.assay.engine.cache;

import java.util.Arrays;

/**
 * Between which numbers the channels of keys lie, but for a share of outliers, half of it at each
 * end.
 *
 * @param lower of each channel
 * @param upper of each channel
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on, never compared.
record ChannelRanges(float[] lower, float[] upper) {
  static ChannelRanges of(CachedRows rows, double outliers) {
    int channels = rows.channels();
    float[] lower = new float[channels];
    float[] upper = new float[channels];
    for (int channel = 0; channel < channels; channel++) {
      float[] sorted = rows.sorted(channel);
      lower[channel] = Percentile.of(sorted, outliers / 2);
      upper[channel] = Percentile.of(sorted, 1 - outliers / 2);
    }
    return new ChannelRanges(lower, upper);
  }

  /** Ranges whose equal steps have one at 0, or at the end next to it. */
  ChannelRanges aroundZero(int bits) {
    float top = (1 << bits) - 1;
    float[] low = new float[lower.length];
    float[] high = new float[lower.length];
    for (int i = 0; i < low.length; i++) {
      float perNumber = top / (upper[i] - lower[i]);
      if (Float.isInfinite(perNumber)) {
        low[i] = lower[i];
        high[i] = upper[i];
        continue;
      }
      float first = (float) Math.rint(lower[i] * perNumber);
      first = Math.max(-top, Math.min(0, first));
      low[i] = first / perNumber;
      high[i] = (first + top) / perNumber;
    }
    return new ChannelRanges(low, high);
  }

  /** Where a token's numbers lie in their channels' ranges, those outside left out. */
  float[] places(float[] row) {
    float[] places = new float[row.length];
    int count = 0;
    for (int i = 0; i < row.length; i++) {
      float place = place(row[i], lower[i], upper[i]);
      if (Math.abs(place) <= 1) {
        places[count++] = place;
      }
    }
    return Arrays.copyOf(places, count);
  }

  /** Where a token's numbers lie in a range of their own, those outside left out. */
  static float[] placesOfToken(float[] row, double outliers) {
    float[] sorted = row.clone();
    Arrays.sort(sorted);
    float low = Percentile.of(sorted, outliers / 2);
    float high = Percentile.of(sorted, 1 - outliers / 2);
    float[] places = new float[row.length];
    int count = 0;
    for (float number : row) {
      float place = place(number, low, high);
      if (Math.abs(place) <= 1) {
        places[count++] = place;
      }
    }
    return Arrays.copyOf(places, count);
  }

  /** Where a number lies in a range, −1 and 1 its ends; not a number where that has no width. */
  static float place(float number, float low, float high) {
    return (number - (high + low) / 2) / ((high - low) / 2);
  }
}
