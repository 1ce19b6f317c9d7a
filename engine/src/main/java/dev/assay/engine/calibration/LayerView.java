package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.TorchSession;

/** A layer as it can be looked at, while a method is at work on it or before. */
public sealed interface LayerView permits LayerContext, SurveyedLayer {
  /** Libtorch. */
  TorchSession torch();

  /** Owner of tensors that are to live as long as the layer. */
  NDManager scope();

  /** Position of the layer among all layers of the model, from 0. */
  int position();

  /** What the layer is, with all of its linears. */
  LayerSpec spec();

  /** What the layer is made of, without the linears that the stage leaves alone. */
  LayerLayout layout();

  /**
   * A linear's weight, float32 [out, in]; no longer there once it has been stored.
   *
   * @throws IllegalArgumentException if there is no such weight
   */
  NDArray weight(String linear);

  /** What calibration tells of a group's input, gathered at the first call. */
  GroupStatistics statistics(LinearGroup group);
}
