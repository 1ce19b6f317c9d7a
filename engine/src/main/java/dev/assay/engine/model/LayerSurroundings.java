package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * What a layer sees beside its input.
 *
 * @param tensors what is added to the scores; then, for a decoder that reads an encoder, the
 *     encoder's output and what is added to the scores of its positions. None where the shape alone
 *     says all.
 */
public record LayerSurroundings(List<NDArray> tensors) {
  /** Nothing. */
  public static final LayerSurroundings NONE = new LayerSurroundings(List.of());

  public LayerSurroundings {
    tensors = List.copyOf(tensors);
  }
}
