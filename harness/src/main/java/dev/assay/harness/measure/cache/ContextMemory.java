package dev.assay.harness.measure.cache;

import dev.assay.engine.model.CacheSize;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.LanguageModel;

/**
 * What a context takes by arithmetic.
 *
 * @param weightBytes all weights in the form in which they run
 * @param cache keys and values of one sequence, all layers
 * @param positions tokens that the model states as its context
 */
public record ContextMemory(double weightBytes, CacheSize cache, int positions) {
  /** That of a loaded model. */
  public static ContextMemory of(LanguageModel model) {
    Stack stack = model.architecture().main();
    int element = model.execution().dtype().bytes();
    CacheSize all = new CacheSize(0, 0);
    for (LayerSpec layer : stack.layers()) {
      all = all.plus(layer.cache().size(layer.attention(), element));
    }
    return new ContextMemory(model.weightBytes(), all, stack.spec().contextLength());
  }
}
