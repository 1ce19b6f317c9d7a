package dev.assay.engine.train;

import java.util.Arrays;
import java.util.List;

/**
 * Windows of a text, of one length, whose every token but the first is scored: for models that
 * continue text.
 */
public record TextWindows(List<long[]> windows) implements TrainingData {
  public TextWindows {
    windows = List.copyOf(windows);
    if (windows.isEmpty() || windows.get(0).length < 2) {
      throw new IllegalArgumentException(
          "found no window of at least 2 tokens, expected some to learn from");
    }
  }

  @Override
  public int size() {
    return windows.size();
  }

  @Override
  public TrainingBatch batch(int[] which) {
    long[][] ids = Arrays.stream(which).mapToObj(windows::get).toArray(long[][]::new);
    long[][] mask = new long[ids.length][ids[0].length];
    Arrays.stream(mask).forEach(row -> Arrays.fill(row, 1));
    return new TrainingBatch(ids, mask, Labels.shifted(ids));
  }
}
