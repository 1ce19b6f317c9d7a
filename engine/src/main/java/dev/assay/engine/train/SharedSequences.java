package dev.assay.engine.train;

import java.util.Arrays;

/** Sequences of which not every teacher teaches all. */
public final class SharedSequences implements TrainingData {
  private final TrainingData data;
  private final float[][] teaching;

  /**
   * @param teaching for each sequence and teacher 1 where it teaches, 0 where it does not; at least
   *     one does
   */
  public SharedSequences(TrainingData data, float[][] teaching) {
    if (teaching.length != data.size()) {
      throw new IllegalArgumentException(
          "teaching: found %d sequences, expected %d".formatted(teaching.length, data.size()));
    }
    this.data = data;
    this.teaching = Arrays.stream(teaching).map(float[]::clone).toArray(float[][]::new);
  }

  @Override
  public int size() {
    return data.size();
  }

  @Override
  public TrainingBatch batch(int[] which) {
    return data.batch(which).shared(rows(which));
  }

  @Override
  public TrainingBatch batch(int[] which, long[] passes) {
    return data.batch(which, passes).shared(rows(which));
  }

  private float[][] rows(int[] which) {
    return Arrays.stream(which).mapToObj(each -> teaching[each]).toArray(float[][]::new);
  }
}
