package dev.assay.engine.train;

import java.util.Arrays;
import java.util.List;

/**
 * Windows of a text, of one length, of which some tokens are to be found again: for models that
 * fill gaps. Each time that a window comes others are chosen.
 *
 * @param windows with the tokens that stand around a text
 * @param seed of what is chosen
 */
public record MaskedWindows(List<long[]> windows, TokenMasking masking, long seed)
    implements TrainingData {
  public MaskedWindows {
    windows = List.copyOf(windows);
    if (windows.isEmpty()) {
      throw new IllegalArgumentException("found no window, expected some to learn from");
    }
  }

  @Override
  public int size() {
    return windows.size();
  }

  @Override
  public TrainingBatch batch(int[] which) {
    return batch(which, new long[which.length]);
  }

  @Override
  public TrainingBatch batch(int[] which, long[] passes) {
    long[][] ids = new long[which.length][];
    long[][] mask = new long[which.length][];
    long[][] labels = new long[which.length][];
    for (int row = 0; row < which.length; row++) {
      ids[row] = windows.get(which[row]).clone();
      labels[row] = new long[ids[row].length];
      mask[row] = new long[ids[row].length];
      Arrays.fill(mask[row], 1);
      masking.mask(ids[row], labels[row], DrawOfPlace.of(seed, passes[row], which[row]));
    }
    return new TrainingBatch(ids, mask, labels);
  }
}
