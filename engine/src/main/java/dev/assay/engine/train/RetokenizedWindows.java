package dev.assay.engine.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Windows of a text, and the same texts in the tokens of teachers who have others.
 *
 * @param windows of the student
 * @param taught for each teacher the texts in its tokens, of any lengths; null for one that reads
 *     the student's
 */
public record RetokenizedWindows(TextWindows windows, List<@Nullable List<long[]>> taught)
    implements TrainingData {
  @Override
  public int size() {
    return windows.size();
  }

  @Override
  public TrainingBatch batch(int[] which) {
    TrainingBatch own = windows.batch(which);
    List<@Nullable TrainingBatch> others = new ArrayList<>();
    for (List<long[]> texts : taught) {
      others.add(texts == null ? null : batch(texts, which));
    }
    return new TrainingBatch(
        own.ids(), own.mask(), own.labels(), own.types(), own.source(), others);
  }

  private static TrainingBatch batch(List<long[]> texts, int[] which) {
    List<long[]> some = Arrays.stream(which).mapToObj(texts::get).toList();
    return Labels.padded(some, some, 0);
  }
}
