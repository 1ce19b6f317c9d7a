package dev.assay.engine.train;

import java.util.Arrays;

/** Sequences with what was kept of a teacher. Closing it closes its file. */
public final class TaughtData implements TrainingData, AutoCloseable {
  private final TrainingData data;
  private final int[] which;
  private final TopFile file;
  private final int run;

  /**
   * @param which sequences there is something of, in ascending order
   * @param file of them
   * @param run of how many the teacher has made it just now
   */
  TaughtData(TrainingData data, int[] which, TopFile file, int run) {
    this.data = data;
    this.which = which.clone();
    this.file = file;
    this.run = run;
  }

  @Override
  public int size() {
    return data.size();
  }

  /**
   * Some of them as one batch.
   *
   * @throws IllegalArgumentException if of one of them nothing was kept
   */
  @Override
  public TrainingBatch batch(int[] some) {
    TrainingBatch batch = data.batch(some);
    int length = batch.ids()[0].length;
    TopTokens tops = new TopTokens(some.length, length, file.k());
    for (int row = 0; row < some.length; row++) {
      TopRows kept = rows(some[row]);
      int next = 0;
      for (int token = 0; token < length; token++) {
        if (batch.isScored(row, token)) {
          tops.put(row, token, kept, next);
          next++;
        }
      }
    }
    return batch.with(tops);
  }

  private TopRows rows(int sequence) {
    int place = Arrays.binarySearch(which, sequence);
    if (place < 0) {
      throw new IllegalArgumentException(
          "found sequence " + sequence + ", expected one that the teacher was run over");
    }
    return file.read(place);
  }

  /** Sequences that there is something of. */
  public int kept() {
    return which.length;
  }

  /** Of how many of them the teacher has made it just now; the others were there. */
  public int run() {
    return run;
  }

  /** Bytes of the file. */
  public long bytes() {
    return file.bytes();
  }

  @Override
  public void close() {
    file.close();
  }
}
