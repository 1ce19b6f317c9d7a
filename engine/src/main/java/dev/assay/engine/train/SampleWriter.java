package dev.assay.engine.train;

import dev.assay.engine.run.Draws;
import dev.assay.engine.run.TextWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes batches of what models write, of which what was written is scored.
 *
 * @param seed of what is drawn
 */
public record SampleWriter(TextWriter texts, Prompts prompts, long seed) {
  /** What is drawn for a batch. */
  SplittableRandom draws(long batch) {
    return new Draws(seed).of(batch);
  }

  /**
   * Writes behind some of the beginnings.
   *
   * @param batch its number, which with the seed settles what is drawn
   */
  TrainingBatch write(int[] which, long batch) {
    SplittableRandom random = draws(batch).split();
    List<long[]> begun = Arrays.stream(which).mapToObj(prompts::ids).toList();
    double[][] draws =
        Arrays.stream(which)
            .mapToObj(each -> random.doubles(prompts.most(each)).toArray())
            .toArray(double[][]::new);
    List<long[]> written = texts.write(begun, draws);
    List<long[]> labels = new ArrayList<>();
    for (int row = 0; row < which.length; row++) {
      long[] scored = written.get(row).clone();
      Arrays.fill(scored, 0, begun.get(row).length, TrainingBatch.UNSCORED);
      labels.add(scored);
    }
    return Labels.padded(written, labels, 0);
  }
}
