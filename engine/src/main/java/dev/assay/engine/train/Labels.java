package dev.assay.engine.train;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What positions are scored against. */
public final class Labels {
  private Labels() {}

  /** The next label of each position, and none of the last: for models that continue text. */
  public static long[][] shifted(long[][] labels) {
    return Arrays.stream(labels)
        .map(
            row -> {
              long[] next = Arrays.copyOfRange(row, 1, row.length + 1);
              next[row.length - 1] = TrainingBatch.UNSCORED;
              return next;
            })
        .toArray(long[][]::new);
  }

  /**
   * What a decoder is shown so that it writes labels: a first token, and the labels before each
   * position, 0 where they are none.
   */
  public static long[][] begun(long[][] labels, long start) {
    return Arrays.stream(labels)
        .map(
            row -> {
              long[] shown = new long[row.length];
              shown[0] = start;
              for (int i = 1; i < row.length; i++) {
                shown[i] = row[i - 1] == TrainingBatch.UNSCORED ? 0 : row[i - 1];
              }
              return shown;
            })
        .toArray(long[][]::new);
  }

  /**
   * Sequences of one batch, each by itself, of models that continue text.
   *
   * @param labels of each token, not shifted yet
   * @param padding id behind the last token of those that are shorter
   */
  public static TrainingBatch padded(List<long[]> sequences, List<long[]> labels, long padding) {
    return padded(sequences, labels, padding, List.of());
  }

  /**
   * The same with what teachers read in their place.
   *
   * @param taught by teacher; null for one that reads the sequences themselves
   */
  public static TrainingBatch padded(
      List<long[]> sequences,
      List<long[]> labels,
      long padding,
      List<@Nullable TrainingBatch> taught) {
    int longest = sequences.stream().mapToInt(each -> each.length).max().orElse(0);
    long[][] ids = new long[sequences.size()][longest];
    long[][] mask = new long[sequences.size()][longest];
    long[][] wanted = new long[sequences.size()][longest];
    for (int row = 0; row < ids.length; row++) {
      int length = sequences.get(row).length;
      Arrays.fill(ids[row], padding);
      Arrays.fill(wanted[row], TrainingBatch.UNSCORED);
      Arrays.fill(mask[row], 0, length, 1);
      System.arraycopy(sequences.get(row), 0, ids[row], 0, length);
      System.arraycopy(labels.get(row), 0, wanted[row], 0, length);
    }
    return new TrainingBatch(ids, mask, shifted(wanted), null, null, taught);
  }
}
