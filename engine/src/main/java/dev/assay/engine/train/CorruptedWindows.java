package dev.assay.engine.train;

import java.util.ArrayList;
import java.util.List;

/**
 * Windows of a text, of one length, out of which spans are taken that are to be written: for models
 * of an encoder and a decoder. Each time that a window comes others go.
 *
 * @param start the token that a decoder begins with
 * @param seed of what goes
 */
public record CorruptedWindows(
    List<long[]> windows, SpanCorruption corruption, long start, long seed)
    implements TrainingData {
  public CorruptedWindows {
    windows = List.copyOf(windows);
    if (windows.isEmpty() || windows.get(0).length < 2) {
      throw new IllegalArgumentException(
          "found no window of at least 2 tokens, expected some to learn from");
    }
  }

  /** How long all are that come of them. */
  public SequenceLengths lengths() {
    TextPair any = corruption.of(windows.get(0), DrawOfPlace.of(seed, 0, 0));
    return new SequenceLengths(any.read().length, any.written().length);
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
    List<TextPair> pairs = new ArrayList<>();
    for (int row = 0; row < which.length; row++) {
      pairs.add(
          corruption.of(windows.get(which[row]), DrawOfPlace.of(seed, passes[row], which[row])));
    }
    return TextPair.batch(pairs, start);
  }
}
