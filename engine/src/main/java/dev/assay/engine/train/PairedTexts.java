package dev.assay.engine.train;

import java.util.Arrays;
import java.util.List;

/**
 * Texts to read with texts to write: for models of an encoder and a decoder.
 *
 * @param start the token that a decoder begins with
 */
public record PairedTexts(List<TextPair> pairs, long start) implements TrainingData {
  public PairedTexts {
    pairs = List.copyOf(pairs);
  }

  @Override
  public int size() {
    return pairs.size();
  }

  @Override
  public TrainingBatch batch(int[] which) {
    return TextPair.batch(Arrays.stream(which).mapToObj(pairs::get).toList(), start);
  }
}
