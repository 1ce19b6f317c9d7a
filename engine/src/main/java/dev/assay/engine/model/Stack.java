package dev.assay.engine.model;

/**
 * Layers one after the other, with what stands around them.
 *
 * @param spec its shape
 * @param names where its tensors are
 * @param layout what a layer is made of
 */
public record Stack(DecoderSpec spec, TensorNames names, LayerLayout layout) {
  /** The part of the tokens that go through a linear, on average: less than 1 for an expert's. */
  public double share(Linear linear) {
    FeedForwardSpec feedForward = spec.feedForward();
    int first = layout.groups().size() - 2 * feedForward.experts();
    boolean expert =
        feedForward.experts() > 1
            && layout.groups().subList(first, layout.groups().size()).stream()
                .anyMatch(group -> group.parts().contains(linear));
    return expert ? (double) feedForward.expertsPerToken() / feedForward.experts() : 1;
  }
}
