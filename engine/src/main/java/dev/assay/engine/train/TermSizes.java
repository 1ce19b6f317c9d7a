package dev.assay.engine.train;

import dev.assay.engine.distill.ModelSizes;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.ModelSpec;

/** The sizes of models that terms of a loss have to fit. */
final class TermSizes {
  private TermSizes() {}

  /** Of the stack that gives the output; of layers that differ, those of the first. */
  static ModelSizes of(ModelSpec spec) {
    AttentionSpec attention = spec.main().layer(0).attention();
    int shared = attention.keyValueHeads() * attention.headDimension();
    return new ModelSizes(
        spec.main().depth(),
        Math.toIntExact(spec.spec().hiddenSize()),
        Math.toIntExact(spec.spec().vocabularySize()),
        attention.heads(),
        attention.heads() * attention.headDimension(),
        shared,
        shared);
  }

  /**
   * The same of a model of which the first logits alone are shown.
   *
   * @param vocabulary how many; 0 for all
   */
  static ModelSizes shown(ModelSpec spec, long vocabulary) {
    ModelSizes all = of(spec);
    return vocabulary == 0
        ? all
        : new ModelSizes(
            all.layers(),
            all.hidden(),
            Math.toIntExact(Math.min(vocabulary, all.vocabulary())),
            all.heads(),
            all.queries(),
            all.keys(),
            all.values());
  }
}
