package dev.assay.engine.finetune;

import dev.assay.engine.teacher.template.ChatTokens;
import dev.assay.engine.train.Labels;
import dev.assay.engine.train.TrainingBatch;
import dev.assay.engine.train.TrainingData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conversations of which the answers alone are scored, padded to the longest of their batch.
 *
 * @param examples in the student's tokens
 * @param taught for each teacher the same in its tokens, by its own template; null for one that
 *     reads the student's
 */
record AnswerSequences(List<ChatTokens> examples, List<@Nullable List<ChatTokens>> taught)
    implements TrainingData {
  @Override
  public int size() {
    return examples.size();
  }

  @Override
  public TrainingBatch batch(int[] which) {
    List<@Nullable TrainingBatch> others = new ArrayList<>();
    for (List<ChatTokens> texts : taught) {
      others.add(texts == null ? null : batch(texts, which, List.of()));
    }
    return batch(examples, which, others);
  }

  private static TrainingBatch batch(
      List<ChatTokens> from, int[] which, List<@Nullable TrainingBatch> others) {
    List<ChatTokens> some = Arrays.stream(which).mapToObj(from::get).toList();
    return Labels.padded(
        some.stream().map(ChatTokens::ids).toList(),
        some.stream().map(AnswerSequences::labels).toList(),
        0,
        others);
  }

  /** Those of the answer, not shifted yet. */
  private static long[] labels(ChatTokens example) {
    long[] labels = example.ids();
    Arrays.fill(labels, 0, example.promptLength(), TrainingBatch.UNSCORED);
    return labels;
  }
}
