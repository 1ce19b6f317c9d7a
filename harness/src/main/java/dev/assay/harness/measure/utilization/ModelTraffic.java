package dev.assay.harness.measure.utilization;

import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.run.LanguageModel;

/**
 * Bytes that a generation has to move at least: every weight once a pass, and the keys and values.
 * Activations are taken to stay in cache.
 *
 * @param weightBytes all weights in the form in which they run, but an embedding table that is no
 *     head
 * @param embeddingBytes a row of the embedding
 * @param keyValueBytes keys and values of one position, all layers; key heads count, not query
 *     heads
 */
public record ModelTraffic(double weightBytes, double embeddingBytes, double keyValueBytes) {

  /** The traffic of a loaded model. */
  public static ModelTraffic of(LanguageModel model) {
    Stack stack = model.architecture().main();
    StackSpec spec = stack.spec();
    int element = model.execution().dtype().bytes();
    return new ModelTraffic(
        model.weightBytes() - model.table().own(),
        (double) model.table().bytes() / spec.vocabularySize(),
        stack.layers().stream()
            .mapToDouble(layer -> layer.cache().size(layer.attention(), element).perToken())
            .sum());
  }

  /** Bytes of a prefill: weights and embedding rows read, keys and values written. */
  public double prefill(int batch, int tokens) {
    return weightBytes + (double) batch * tokens * (embeddingBytes + keyValueBytes);
  }

  /** Bytes of a decode step in which each token attends to {@code context} positions. */
  public double decode(int batch, double context) {
    return weightBytes + batch * (embeddingBytes + context * keyValueBytes);
  }
}
