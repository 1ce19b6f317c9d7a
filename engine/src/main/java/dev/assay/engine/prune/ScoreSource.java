package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/** Shows scores of all weights of a model, one stored weight after another, as often as wanted. */
interface ScoreSource {
  /**
   * A stored weight.
   *
   * @param layer position of its layer in the model
   * @param linear the first of those stored in it
   */
  record Place(int layer, String linear) {}

  /** Sees scores. */
  @FunctionalInterface
  interface Looker {
    /**
     * @param scores float32 [out, in], of which magnitudes count; they live as long as the call
     */
    void see(NDManager scope, Place place, NDArray scores);
  }

  /** Libtorch. */
  TorchSession torch();

  /** Shows them, in the same order each time. */
  void look(Looker looker);
}
