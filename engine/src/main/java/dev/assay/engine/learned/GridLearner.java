package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;

/** What of a grid is learned, and how. */
interface GridLearner {
  /** The form of the weights in the end. */
  GridForm form();

  /**
   * A weight before anything is learned.
   *
   * @param owner of its tensors
   * @param weight float32 [out, in]
   * @param stored the type in which it would be stored value by value
   */
  LearnedWeight weight(TorchSession torch, NDManager owner, NDArray weight, DType stored);
}
