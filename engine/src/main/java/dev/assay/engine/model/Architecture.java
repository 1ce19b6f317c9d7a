package dev.assay.engine.model;

/**
 * All that is to know of a model beside its weights.
 *
 * @param family name of the family, for example {@code llama}
 * @param spec its shape
 * @param names where its tensors are
 * @param layout what a layer is made of
 */
public record Architecture(String family, DecoderSpec spec, TensorNames names, LayerLayout layout) {

  /** Rows of a linear's weight. */
  public long outFeatures(String linear) {
    if (layout.attentionInput().linears().contains(linear)) {
      return layout.attentionInput().linears().indexOf(linear) == 0
          ? spec.queryWidth()
          : spec.keyValueWidth();
    }
    return layout.feedForwardInput().linears().contains(linear)
        ? spec.intermediateSize()
        : spec.hiddenSize();
  }

  /** Columns of a linear's weight. */
  public long inFeatures(String linear) {
    if (layout.attentionOutput().linears().contains(linear)) {
      return spec.queryWidth();
    }
    return layout.feedForwardOutput().linears().contains(linear)
        ? spec.intermediateSize()
        : spec.hiddenSize();
  }
}
