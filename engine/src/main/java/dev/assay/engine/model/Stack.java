package dev.assay.engine.model;

/**
 * Layers one after the other, with what stands around them.
 *
 * @param spec its shape
 * @param names where its tensors are
 * @param layout what a layer is made of
 */
public record Stack(DecoderSpec spec, TensorNames names, LayerLayout layout) {
  /** Index of the first group of the feed-forward, or of the first expert's. */
  public int firstFeedForward() {
    return layout.groups().size() - 2 * spec.feedForward().experts();
  }

  /**
   * Index of the first group that sees the tokens of one expert; beyond all where there is none.
   */
  public int firstExpert() {
    return spec.feedForward().experts() > 1 ? firstFeedForward() : layout.groups().size();
  }

  /** The part of the tokens that go through a linear, on average: less than 1 for an expert's. */
  public double share(Linear linear) {
    FeedForwardSpec feedForward = spec.feedForward();
    boolean expert =
        layout.groups().subList(firstExpert(), layout.groups().size()).stream()
            .anyMatch(group -> group.parts().contains(linear));
    return expert ? (double) feedForward.expertsPerToken() / feedForward.experts() : 1;
  }
}
